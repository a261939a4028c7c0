"""The spreadsheets of the risks: points, sources with their points, measures; in from files and out to them."""

from anlan.domains.risks import rules
from anlan.domains.risks.actions import taking
from anlan.domains.risks.queries import giving
from anlan.kernel.core.words import N_
from anlan.kernel.sheets.spec import Sheet, SheetColumn

# How offices write the four levels: the word, the word alone, the colour, the number.
LEVELS = tuple((str(level), rules.LABELS[level]) for level in rules.LEVELS) + tuple(
    (code, word)
    for code, words in (
        ("4", "重大 红 红色 一级 I级 Ⅰ级 重大风险(红)"),
        ("3", "较大 橙 橙色 二级 II级 Ⅱ级 较大风险(橙)"),
        ("2", "一般 黄 黄色 三级 III级 Ⅲ级 一般风险(黄)"),
        ("1", "低 蓝 蓝色 四级 IV级 Ⅳ级 低风险(蓝)"),
    )
    for word in words.split()
)
KINDS = (
    *rules.POINT_KINDS.items(),
    *(("equipment", word) for word in ("设备", "设施设备", "设备设施")),
    *(("activity", word) for word in ("作业", "活动")),
    ("spot", "岗位"),
)
HAZARDS = (
    *rules.HAZARD_KINDS.items(),
    ("material", "物的因素"), ("behaviour", "行为"), ("behaviour", "人的因素"), ("surroundings", "环境因素"),
    ("rules", "制度"), ("rules", "管理"), ("rules", "管理因素"),
)  # fmt: skip
FIRM = (
    SheetColumn("uscc", N_("Unified social credit code"), "uscc", required=True,
                aliases=("信用代码", "社会信用代码", "企业信用代码", "统一信用代码")),
    SheetColumn("number", N_("Number of the risk point"), required=True, most=60,
                aliases=("风险点编码", "风险点位编号", "点位编号", "编号")),
)  # fmt: skip
WHERE = (
    SheetColumn(
        "region", N_("Community"), "region", aliases=("所在社区", "社区", "所属社区", "所在区域", "行政区划")
    ),
    SheetColumn("lon", N_("Longitude"), "number", aliases=("lng", "东经")),
    SheetColumn("lat", N_("Latitude"), "number", aliases=("北纬",)),
)
JUDGED = (
    SheetColumn("worst_case_level", N_("Worst-case level"), "choice", choices=LEVELS,
                aliases=("极端风险", "极端风险等级", "固有风险等级", "固有风险")),
    SheetColumn("assessed_level", N_("Assessed level"), "choice", choices=LEVELS,
                aliases=("评估等级", "现实评估等级", "风险等级", "风险级别", "现实风险等级", "管控后风险等级")),
)  # fmt: skip
METHODS = (*rules.METHODS.items(), ("lec", "LEC法"), ("ls", "LS"), ("ls", "LS法"), ("mes", "MES法"))
POINTS = Sheet(
    code="risks.points",
    label=N_("Risk points"),
    columns=(
        *FIRM,
        SheetColumn("name", N_("Risk point"), most=160, aliases=("风险点名称", "风险点位", "名称")),
        SheetColumn("kind", N_("Kind"), "choice", choices=KINDS, aliases=("风险点类型", "类型")),
        *WHERE,
        SheetColumn(
            "responsible", N_("Responsible post"), most=80, aliases=("责任人", "责任岗位", "管控责任人")
        ),
        *JUDGED,
    ),
    key=("uscc", "number"),
    take=taking.take_points,
    give=giving.points,
    may=("street_safety_officer", "safety_section", "safety_manager", "patroller"),
)
SOURCES = Sheet(
    code="risks.sources",
    label=N_("Risk sources with their points"),
    columns=(
        *FIRM,
        SheetColumn("name", N_("Risk point"), most=160, aliases=("风险点名称", "风险点位", "所属风险点")),
        SheetColumn("kind", N_("Kind"), "choice", choices=KINDS, aliases=("风险点类型", "类型")),
        *WHERE,
        SheetColumn("source", N_("Risk source"), required=True, most=160,
                    aliases=("危险源名称", "危险因素", "危险有害因素")),
        SheetColumn("hazard_kind", N_("Kind of source"), "choice", choices=HAZARDS,
                    aliases=("危险源类型",)),
        SheetColumn("accident_kinds", N_("Possible accidents"), most=120,
                    aliases=("事故类型", "可能导致的事故", "易发事故类型")),
        *JUDGED,
        SheetColumn("method", N_("Method"), "choice", choices=METHODS, aliases=("评估方法", "评价方法")),
        SheetColumn("L", N_("L likelihood"), "number", aliases=("L", "L值", "可能性L")),
        SheetColumn("E", N_("E exposure"), "number", aliases=("E", "E值", "暴露E")),
        SheetColumn("C", N_("C consequence (LEC)"), "number", aliases=("C", "C值", "后果C")),
        SheetColumn("M", N_("M measures (MES)"), "number", aliases=("M", "M值")),
        SheetColumn("S", N_("S severity (LS, MES)"), "number", aliases=("S", "S值")),
    ),
    key=("uscc", "number", "source"),
    take=taking.take_sources,
    give=giving.sources,
    may=POINTS.may,
)  # fmt: skip
MEASURES = Sheet(
    code="risks.measures",
    label=N_("Measures against risks"),
    columns=(
        *FIRM,
        SheetColumn("source", N_("Risk source"), most=160, aliases=("危险源名称",)),
        SheetColumn("kind", N_("Kind of measure"), "choice", choices=tuple(rules.MEASURE_KINDS.items()), required=True,
                    aliases=("措施类型", "措施类别", "管控措施类型")),
        SheetColumn("text", N_("Measure"), required=True, most=400, aliases=("措施内容", "管控措施", "措施")),
    ),
    key=("uscc", "number", "source", "kind", "text"),
    take=taking.take_measures,
    give=giving.measures,
    may=POINTS.may,
)  # fmt: skip
_WHOSE = (
    *FIRM, SheetColumn("firm", N_("Firm")), SheetColumn("name", N_("Risk point")),
    SheetColumn("region", N_("Community")),
    SheetColumn("current_level", N_("Current level"), "choice", choices=LEVELS),
)  # fmt: skip
RESPONSIBILITY = Sheet(
    code="risks.responsibility",
    label=N_("Responsibility list"),
    columns=(
        *_WHOSE,
        SheetColumn("responsible_level", N_("Responsible level")),
        SheetColumn("responsible", N_("Responsible post")),
    ),
    key=(),
    give=giving.responsibility,
)
TARGETS = Sheet(
    code="risks.targets",
    label=N_("Target list"),
    columns=(
        *_WHOSE,
        SheetColumn("assessed_level", N_("To be brought to")),
        SheetColumn("open_dangers", N_("Open dangers"), "integer"),
        SheetColumn("why", N_("Why")),
    ),
    key=(),
    give=giving.targets,
)
SHEETS = (POINTS, SOURCES, MEASURES, RESPONSIBILITY, TARGETS)
