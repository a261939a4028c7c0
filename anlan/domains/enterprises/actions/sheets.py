"""The spreadsheets of the archive: firms and certificates, in from files and out to them."""

from anlan.domains.enterprises.actions import duty_sheet
from anlan.domains.enterprises.actions.registers import SHARERS, taker
from anlan.domains.enterprises.actions.taking import take_certificates, take_firms
from anlan.domains.enterprises.queries import duties, giving
from anlan.domains.enterprises.queries.registers import giver
from anlan.domains.enterprises.rules import words
from anlan.domains.enterprises.rules.duties import RESULTS
from anlan.domains.enterprises.rules.registers import REGISTERS, Register
from anlan.kernel.core.words import N_
from anlan.kernel.sheets.spec import Sheet, SheetColumn

MAY = ("street_safety_officer", "safety_section", "patroller")
USCC = SheetColumn(
    "uscc", N_("Unified social credit code"), "uscc", required=True,
    aliases=("信用代码", "社会信用代码", "企业信用代码", "统一信用代码"),
)  # fmt: skip
FIRMS = Sheet(
    code="enterprises.firms",
    label=N_("Enterprises"),
    columns=(
        USCC,
        SheetColumn("name", N_("Firm"), required=True, most=160, aliases=("企业名称", "单位名称", "名称")),
        SheetColumn("region", N_("Community"), "region", required=True, aliases=("所在社区", "社区", "所属社区")),
        SheetColumn("address", N_("Registered address"), most=300, aliases=("地址", "经营地址", "住所")),
        SheetColumn("sector", N_("Sector"), most=10, aliases=("行业代码", "国民经济行业代码", "行业")),
        SheetColumn("scale", N_("Scale"), "choice", choices=words.SCALES, aliases=("规模", "企业规模")),
        SheetColumn("staff", N_("Staff"), "integer", aliases=("从业人数", "员工人数", "职工人数")),
        SheetColumn("field", N_("Key field"), "choice", choices=words.FIELDS, aliases=("重点领域",)),
        SheetColumn("business", N_("What it does"), most=500, aliases=("经营范围", "主要产品")),
        SheetColumn("regulator", N_("Regulated by"), most=60, aliases=("监管部门", "监管归属", "行业主管部门")),
        SheetColumn("lon", N_("Longitude"), "number", aliases=("lng", "东经")),
        SheetColumn("lat", N_("Latitude"), "number", aliases=("北纬",)),
        SheetColumn("principal", N_("Principal"), most=60, aliases=("主要负责人", "法定代表人", "负责人")),
        SheetColumn("phone", N_("Phone of the principal"), "phone", aliases=("联系电话", "负责人电话", "手机")),
    ),
    key=("uscc",),
    take=take_firms,
    give=giving.firms,
    may=MAY,
)  # fmt: skip
CERTIFICATES = Sheet(
    code="enterprises.certificates",
    label=N_("Certificates"),
    columns=(
        USCC,
        SheetColumn("name", N_("Holder"), required=True, most=60, aliases=("姓名", "持证人")),
        SheetColumn("trade", N_("Trade"), required=True, most=60, aliases=("作业类别", "工种", "证书类别")),
        SheetColumn("number", N_("Number of the certificate"), most=40, aliases=("证书编号", "证号")),
        SheetColumn("issued_on", N_("Issued on"), "date", required=True, aliases=("发证日期", "初领日期")),
        SheetColumn("review_on", N_("Next review on"), "date", aliases=("复审日期", "应复审日期")),
        SheetColumn("expires_on", N_("Ends on"), "date", aliases=("有效期至", "到期日期")),
    ),
    key=("uscc", "name", "trade", "issued_on"),
    take=take_certificates,
    give=giving.certificates,
    may=(*MAY, "safety_manager"),
)


DUTIES = Sheet(
    code="enterprises.duties",
    label=N_("Ledger of everybody's responsibility"),
    columns=(
        USCC,
        SheetColumn("firm", N_("Firm"), most=160, aliases=("企业名称", "单位名称")),
        SheetColumn("post", N_("Name of the post"), required=True, most=80, aliases=("岗位", "岗位名称")),
        SheetColumn("person", N_("Holder of the post"), most=60, aliases=("姓名", "责任人", "责任人员")),
        SheetColumn("since", N_("In the post since"), "date", aliases=("任职日期", "起始日期")),
        SheetColumn("signed_on", N_("Signed on"), "date", aliases=("签订日期", "签字日期")),
        SheetColumn("year", N_("Year assessed"), "integer", aliases=("考核年度",)),
        SheetColumn("result", N_("Result of the assessment"), "choice", choices=RESULTS, aliases=("考核结果",)),
        SheetColumn("hours", N_("Class hours of training"), "number", aliases=("培训学时", "学时")),
        SheetColumn("duties", N_("What the post answers for"), most=4000, aliases=("责任范围", "岗位职责", "安全职责")),
        SheetColumn("criteria", N_("Assessed by"), most=1000, aliases=("考核标准",)),
    ),
    key=("uscc", "post", "person"),
    take=duty_sheet.take,
    give=duties.give,
    may=(*MAY, "safety_manager"),
)  # fmt: skip


FINDINGS = Sheet(  # goes out only: what a comparison found, for the office that gave the list
    code="enterprises.findings",
    label=N_("Findings of a comparison"),
    columns=(
        SheetColumn("verdict", N_("Finding")), SheetColumn("name", N_("Firm"), most=200),
        SheetColumn("uscc", N_("Unified social credit code")), SheetColumn("address", N_("Address"), most=300),
        SheetColumn("lists", N_("Lists that show it")), SheetColumn("archive", N_("Firm of the archive"), most=160),
        SheetColumn("archive_uscc", N_("Its credit code")), SheetColumn("score", N_("Points of 100"), "integer"),
        SheetColumn("why", N_("What speaks for it")), SheetColumn("settled", N_("Settled as")),
        SheetColumn("settled_on", N_("Settled on"), "date"), SheetColumn("note", N_("Note"), most=300),
    ),
    key=("verdict", "name", "uscc", "address"),
    give=giving.findings,
)  # fmt: skip


def _sheet(known: Register) -> Sheet:
    """The sheet of a register: whose line, its number, its facts, its days; who gave it only goes out."""
    unit = (
        SheetColumn("unit", N_("Unit of the firm"), required=True, most=160, aliases=("单元", "单元名称")),
    )
    facts = tuple(
        SheetColumn(
            fact.name, fact.label, fact.kind, required=fact.required and fact.kind != "flag", choices=fact.choices,
            most=200,
        )
        for fact in known.facts
    )  # fmt: skip
    return Sheet(
        code=f"enterprises.{known.code}", label=known.label,
        columns=(
            USCC, SheetColumn("firm", N_("Firm"), most=160, aliases=("企业名称", "单位名称")),
            SheetColumn("region", N_("Community"), most=60, aliases=("所在社区", "社区")),
            *(unit if known.by_unit else ()),
            SheetColumn("number", known.number, required=True, most=80, aliases=("编号", "证号", "车牌号")),
            *facts,
            SheetColumn("since", N_("Holds from"), "date", aliases=("发证日期", "签订日期", "起始日期", "评估日期")),
            SheetColumn("until", N_("Runs out on"), "date", aliases=("有效期至", "到期日期")),
            SheetColumn("office", N_("Entered by the office"), most=160),
        ),
        key=("uscc", *(("unit",) if known.by_unit else ()), "number"),
        take=taker(known.code), give=giver(known.code), may=(*MAY, *SHARERS) if known.shared else MAY,
    )  # fmt: skip


SHEETS = (FIRMS, CERTIFICATES, DUTIES, FINDINGS, *(_sheet(known) for known in REGISTERS))
