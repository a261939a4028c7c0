"""Invented names. Nobody and nowhere: communities out of two picturesque words, persons by surname and post."""

FIRST = "听望晴锦云汀松竹兰桂霞鹭帆棠"
SECOND = "澜洲浦湾岸桥坊园苑岗坪溪塘屿"
AVOID = {"云涌", "望潮"}
SURNAMES = (
    "陈林黄李张吴刘王杨郑蔡许郭周谢何曾罗梁叶苏邓江温钟庄洪廖朱赖彭魏卢徐高方沈柯余翁范丁唐冯马胡潘施"
    "纪连姚邱汤欧戴蒋古简石袁贺傅孙杜萧董程阮田康姜向尤莫侯薛乔殷万龚常贝游关池阳沙路时卫车房鲁岑邹尹"
)


def community_names(count: int) -> list[str]:
    """So many different names, in an order that mixes the first words."""
    pairs = [
        FIRST[at % len(FIRST)] + SECOND[(at // len(FIRST) + at) % len(SECOND)]
        for at in range(len(FIRST) * len(SECOND))
    ]
    found = [pair + "社区" for pair in dict.fromkeys(pairs) if pair not in AVOID]
    if len(found) < count:
        raise ValueError(f"only {len(found)} names for {count} communities")
    return found[:count]


def surname(number: int) -> str:
    return SURNAMES[(number * 37 + number // len(SURNAMES)) % len(SURNAMES)]
