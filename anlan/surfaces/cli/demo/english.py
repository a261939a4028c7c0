"""English names for what the demo district is made of. Names are invented, so is their spelling: two signs that sound
alike are written apart, or four communities would be called Tingyuan."""

from anlan.surfaces.cli.demo.files import table

_SOUNDS = {
    "听": "ting", "望": "wang", "晴": "qing", "锦": "jin", "云": "yun", "汀": "teng",
    "松": "song", "竹": "zhu", "兰": "lan", "桂": "gui", "霞": "xia", "鹭": "lu",
    "帆": "fan", "棠": "tang", "澜": "lan", "洲": "zhou", "浦": "pu", "湾": "wan",
    "岸": "an", "桥": "qiao", "坊": "fang", "园": "yuan", "苑": "yuen", "岗": "gang",
    "坪": "ping", "溪": "xi", "塘": "tong", "屿": "yu", "石": "shi", "鼓": "gu",
    "海": "hai", "凤": "feng", "凰": "huang", "坑": "keng", "双": "shuang", "岭": "ling",
    "清": "qing", "泉": "quan", "背": "bei", "大": "da", "坳": "ao", "黄": "huang",
    "泥": "ni", "新": "xin", "陂": "pi", "青": "qing", "涌": "yong", "榕": "rong",
    "临": "lin", "港": "gang", "潮": "chao", "水": "shui", "渡": "du", "矶": "ji",
    "白": "bai", "安": "an",
}  # fmt: skip
# End of a name → how it is said. The longest that fits is taken.
_KINDS = {
    "雨量站": "{} rain gauge", "外潮位站": "{} tide gauge", "水库": "{} Reservoir", "路下穿通道": "{} Road underpass",
    "路低洼路段": "{} Road, low stretch", "社区": "{} Community", "街道": "{} Street",
}  # fmt: skip
_RIVERS = {"望澜河": "Wanglan River", "凤溪": "Fengxi Brook", "榕水": "Rongshui Brook", "潮涌": "Chaoyong Creek",
           "石鼓河": "Shigu River"}  # fmt: skip
TRADES = {
    "家具厂": "Furniture Works", "电子厂": "Electronics Works", "冷链仓储": "Cold Store", "电镀厂": "Plating Works",
    "物流园": "Logistics Park", "五金厂": "Hardware Works", "包装厂": "Packaging Works", "涂料仓库": "Paint Store",
}  # fmt: skip


def spelt(name: str) -> str:
    """A Chinese name by its sounds; "" where one of its signs is not ours."""
    sounds = [_SOUNDS.get(sign, "") for sign in name]
    if not sounds or not all(sounds):
        return ""
    joined = sounds[0] + "".join(f"'{s}" if s[0] in "aeo" else s for s in sounds[1:])
    return joined.capitalize()


def english(name: str) -> str:
    """The English name of a region or a station of the demo; "" where none is known."""
    if name.startswith("安澜区"):
        return "Anlan District (demo)"
    for river, said in _RIVERS.items():
        if name.startswith(river) and name.endswith("站"):
            at = spelt(name.removeprefix(river).removesuffix("站"))
            return f"{said} at {at}" if at else ""
    for end, said in _KINDS.items():
        if name.endswith(end):
            stem = spelt(name.removesuffix(end))
            return said.format(stem) if stem else ""
    return ""


def street_names() -> dict[str, str]:
    """Chinese → English of the ten streets, without the word street."""
    return {row["name"]: row["name_en"] for row in table("streets")}
