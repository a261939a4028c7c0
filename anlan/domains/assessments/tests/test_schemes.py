"""A scheme's file: the shipped ones are whole, a faulty one is refused with its place and field."""

from decimal import Decimal

import pytest

from anlan.domains.assessments.actions.schemes import shipped
from anlan.domains.assessments.rules.schemes import read
from anlan.kernel.core.errors import Refused

HEAD = 'code = "x"\ntitle = "考核"\nkinds = ["street"]\n'


def test_the_shipped_schemes_are_whole_and_weigh_a_hundred():
    found = {scheme.code: scheme for scheme in map(read, shipped())}
    assert set(found) >= {"safety_annual", "disaster_duty", "enforcement_points", "member_units"}
    weights = {
        code: sum(item.weight for item in scheme.items) for code, scheme in found.items() if scheme.items
    }
    assert set(weights.values()) == {Decimal(100)}
    assert found["safety_annual"].terms.grades[0] == (Decimal(90), "优秀")


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("code = ", "assessments.scheme_unreadable", None),
        (HEAD, "assessments.scheme_empty", None),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\n', "assessments.scheme_lacks", "weight"),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\nweight=0\n', "assessments.scheme_bad", "weight"),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\nweight=true\n', "assessments.scheme_bad", "weight"),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\nweight=5\nrule="magic"\n', "assessments.scheme_bad", "rule"),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\nweight=5\nrule="full"\ntarget=1\n', "assessments.scheme_lacks", "indicator"),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\nweight=5\nrule="full"\nindicator="i"\n', "assessments.scheme_lacks", "target"),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\nweight=5\nrule="proportional"\nindicator="i"\ntarget=0\n',
         "assessments.scheme_bad", "target"),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\nweight=5\nrule="bands"\nindicator="i"\nbands=[[1, 101]]\n',
         "assessments.scheme_bad", "bands"),
        (HEAD + '[[clause]]\ncode="a"\nlabel="甲"\nkind="fine"\npoints=1\n', "assessments.scheme_bad", "kind"),
        (HEAD + '[[item]]\ncode="a"\nlabel="甲"\nweight=5\n[[clause]]\ncode="a"\nlabel="乙"\nkind="bonus"\npoints=1\n',
         "assessments.scheme_twice", None),
        (HEAD.replace("street", "planet") + '[[item]]\ncode="a"\nlabel="甲"\nweight=5\n', "assessments.scheme_bad", "kinds"),
    ],
)  # fmt: skip
def test_a_faulty_scheme_is_refused_with_the_field_at_fault(text, code, name):
    with pytest.raises(Refused) as refused:
        read(text)
    assert refused.value.code == code
    assert name is None or refused.value.facts["name"] == name
