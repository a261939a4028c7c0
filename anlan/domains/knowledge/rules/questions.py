"""Questions that go over several links, as data: a code alone along a link, ~code against it.

The codes are those that domains declare. A question whose links are not installed is not asked.
"""

from anlan.kernel.core.words import N_
from anlan.kernel.domain.links import Hop, Question


def hops(*links: str) -> tuple[Hop, ...]:
    return tuple(Hop((link,)) for link in links)


LIKE_IT = ("accidents.of_type", "~accidents.of_type", "accidents.at_firm")
UPWARD = (Hop(("places.part_of",), stay=True), Hop(("places.part_of",), stay=True))
HOLDERS = (Hop(("~orgs.answers_for",)), Hop(("orgs.answers_for", "orgs.keeps"), stay=True))

QUESTIONS = (
    Question("who_answers", "risks.point", N_("Who answers for this point, and for what else?"),
             (*hops("risks.lies_in"), *UPWARD, *HOLDERS)),
    Question("who_in_the_firm", "risks.point", N_("Who answers for it in the firm, and where else?"),
             hops("risks.of_firm", "enterprises.role", "~enterprises.role")),
    Question("point_dangers_before", "risks.point", N_("Which clauses did the dangers found here meet?"),
             hops("~dangers.at_point", "dangers.may_meet")),
    Question("same_substance", "enterprises.firm", N_("Who else in this street holds the same substances?"),
             hops("~enterprises.unit_of", "enterprises.holds", "~enterprises.holds", "enterprises.unit_of"),
             near=True),
    Question("unit_same_substance", "enterprises.unit", N_("Which units in this street hold the same substances?"),
             hops("enterprises.holds", "~enterprises.holds"), near=True),
    Question("substance_firms", "enterprises.substance", N_("Which firms hold it?"),
             hops("~enterprises.holds", "enterprises.unit_of")),
    Question("firm_articles", "enterprises.firm", N_("Which articles was this firm penalised under?"),
             hops("~enforcement.case_of", "enforcement.penalised_under")),
    Question("firm_clauses", "enterprises.firm", N_("Which clauses did its dangers meet?"),
             hops("~dangers.at_firm", "dangers.may_meet")),
    Question("clause_firms", "dangers.clause", N_("At which firms was it found?"),
             hops("~dangers.may_meet", "dangers.at_firm")),
    Question("same_clause", "dangers.danger", N_("What else in this street may meet the same clause?"),
             hops("dangers.may_meet", "~dangers.may_meet"), near=True),
    Question("same_point", "dangers.danger", N_("What else was found at the same risk point?"),
             hops("dangers.at_point", "~dangers.at_point")),
    Question("danger_articles", "dangers.danger", N_("Which articles stand behind the clauses it may meet?"),
             hops("dangers.may_meet", "dangers.clause_of")),
    Question("accident_clauses", "accidents.accident", N_("Which clauses are behind accidents like this one?"),
             hops(*LIKE_IT, "~dangers.at_firm", "dangers.may_meet")),
    Question("accident_articles", "accidents.accident",
             N_("Under which articles were firms with accidents like this one penalised?"),
             hops(*LIKE_IT, "~enforcement.case_of", "enforcement.penalised_under")),
    Question("accident_substances", "accidents.accident",
             N_("Which substances do firms with accidents like this one hold?"),
             hops(*LIKE_IT, "~enterprises.unit_of", "enterprises.holds")),
    Question("case_same_article", "enforcement.case",
             N_("Which other cases in this street stand on the same article?"),
             hops("enforcement.penalised_under", "~enforcement.penalised_under"), near=True),
    Question("article_firms", "knowledge.article", N_("Which firms were penalised under it?"),
             hops("~enforcement.penalised_under", "enforcement.case_of")),
    Question("article_dangers", "knowledge.article", N_("Which dangers may meet a clause of it?"),
             hops("~dangers.clause_of", "~dangers.may_meet")),
    Question("item_firms", "patrols.item", N_("At which firms did it fail?"),
             hops("~patrols.by_item", "dangers.at_firm")),
    Question("line_units", "responses.line", N_("Which units had it on their sheets?"),
             hops("~responses.worked", "responses.sheet_of")),
    Question("matter_units", "workplan.matter", N_("What else are the units of this matter responsible for?"),
             hops("workplan.shared_by", "~workplan.shared_by")),
    Question("place_keepers", "places.place", N_("Who keeps this place, and what else?"),
             hops("~orgs.keeps", "orgs.keeps")),
    Question("place_holders", "places.place", N_("Who answers where it lies, and for what else?"),
             (*hops("places.place_in"), *UPWARD, *HOLDERS)),
    Question("person_beside", "orgs.person", N_("Who else answers where this person does?"),
             hops("orgs.answers_for", "~orgs.answers_for")),
)  # fmt: skip
