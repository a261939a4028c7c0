"""The trades of the small demo: what a firm of each makes, and which of them stand in which street. Data."""

from typing import Any, NamedTuple

from anlan.surfaces.cli.demo import units


class Trade(NamedTuple):
    """A firm's word, sector and key field, its tags, facilities (kind, name, facts) and substances."""

    word: str
    sector: str
    field: str
    tags: tuple[str, ...] = ()
    facilities: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    substances: tuple[tuple[str, str, str, float], ...] = ()  # name, CAS, class of table 2, tonnes
    certificates: tuple[str, ...] = ("electrician",)


TRADES = {
    "furniture": Trade(
        "家具",
        "C2110",
        "industry",
        ("dust", "spraying"),
        (
            ("dust", "木工打磨车间", {"dust": "木粉尘", "workers": 14, "collector": "布袋除尘"}),
            ("spraying", "喷漆房", {"paint": "油性漆", "booths": 2}),
        ),
    ),
    "hardware": Trade(
        "五金制品",
        "C3389",
        "industry",
        ("dust",),
        (("dust", "抛光车间", {"dust": "铝粉尘", "workers": 32, "collector": "湿式除尘"}),),
        (),
        ("electrician", "welding"),
    ),
    "plating": Trade(
        "表面处理",
        "C3360",
        "industry",
        ("plating", "confined_space"),
        (
            ("plating", "电镀生产线", {"lines": 3, "cyanide": "否"}),
            ("confined_space", "废水调节池", {"where": "地下池", "danger": "硫化氢", "sign": "有"}),
        ),
    ),
    "electronics": Trade("电子科技", "C3970", "industry"),
    "battery": Trade(
        "新能源电池", "C3841", "industry", ("lithium",), (("lithium", "电芯成品仓", {"capacity_kwh": 1800}),)
    ),
    "cold": Trade(
        "冷链仓储",
        "G5930",
        "industry",
        ("ammonia", "cold_store"),
        (
            ("ammonia", "液氨制冷机房", {"quantity_t": 8, "cooling": "间接冷却"}),
            ("cold_store", "一号冷库", {"area_m2": 6200, "refrigerant": "氨"}),
        ),
        (("氨", "7664-41-7", "", 8.0),),
        ("refrigeration", "electrician"),
    ),
    "logistics": Trade("物流", "G5430", "transport"),
    "chemical": Trade(
        "化工",
        "C2614",
        "hazchem",
        ("hazchem", "fine_chemical"),
        (("process", "合成釜", {"kind": "酯化", "automated": "DCS"}),),
        (("乙酸乙酯", "141-78-6", "W5.3", 320.0), ("甲苯", "108-88-3", "W5.3", 260.0)),
        ("hazchem", "electrician"),
    ),
    "tank": Trade(
        "油品仓储",
        "G5941",
        "hazchem",
        ("hazchem",),
        (),
        (("汽油", "86290-81-5", "W5.3", 4200.0),),
        ("hazchem",),
    ),
    "water": Trade(
        "水质净化",
        "D4620",
        "industry",
        ("confined_space", "hazchem"),
        (("confined_space", "污泥浓缩池", {"where": "半地下池", "danger": "硫化氢", "sign": "有"}),),
        (("氯", "7782-50-5", "", 10.0),),
        ("hazchem",),
    ),
    "quarry": Trade(
        "石料",
        "B1019",
        "industry",
        ("tailings",),
        (("tailings", "排土场", {"height_m": 18, "volume": 22}),),
        (),
        ("metal_mine",),
    ),
    "foundry": Trade(
        "有色铸造",
        "C3392",
        "industry",
        ("smelting", "deep_well"),
        (
            ("smelting", "熔炼炉", {"metal": "铝", "capacity_t": 12}),
            ("deep_well", "深井铸造机", {"wells": 1}),
        ),
        (),
        ("metallurgy",),
    ),
    "park": Trade("产业园物业", "K7020", "fire", ("park", "multi_tenant")),
    "retail": Trade("百货", "F5211", "fire"),
    "hotel": Trade("酒店", "H6110", "tourism"),
    "build": Trade(
        "建筑工程", "E4710", "construction", ("small_project",), (), (), ("height", "electrician")
    ),
    "seafood": Trade(
        "水产加工",
        "C1361",
        "industry",
        ("ammonia", "cold_store"),
        (("ammonia", "速冻间制冷系统", {"quantity_t": 4, "cooling": "直接蒸发"}),),
        (("氨", "7664-41-7", "", 4.0),),
        ("refrigeration",),
    ),
    "lift": Trade("电梯维保", "O8111", "special_equipment", (), (), (), ("electrician",)),
}
CHARACTER = {
    "临港": "logistics logistics logistics cold hardware tank retail lift",
    "望潮": "retail retail hotel hotel park lift build",
    "新渡": "electronics electronics electronics plating battery park park hardware",
    "石矶": "hotel retail water electronics build",
    "凤岭": "furniture furniture furniture furniture hardware park park",
    "榕溪": "cold cold logistics electronics seafood lift",
    "岭背": "quarry foundry build hardware logistics",
    "白鹭": "build build hotel retail electronics",
    "青坪": "chemical chemical tank water hardware logistics",
    "云涌": "seafood seafood logistics retail cold",
}
FIRST_TRADES = dict(
    zip(
        units.TRADES,
        ("furniture", "electronics", "cold", "plating", "logistics", "hardware", "electronics", "chemical"),
        strict=True,
    )
)
