from anlan.kernel.core.words import N_
from anlan.kernel.loop.spec import At, Deadline, Loop, Move, hours

LAMP = Loop(
    name="lamps.lamp",
    label=N_("Street lamp"),
    start="dark",
    closed=frozenset({"lit"}),
    states={"dark": N_("Dark"), "mending": N_("Being mended"), "lit": N_("Lit")},
    moves=(
        Move(
            "send", "dark", "mending", label=N_("Send a crew"), by=("street_safety_officer",), needs=("crew",)
        ),
        Move(
            "light",
            "mending",
            "lit",
            label=N_("It burns again"),
            by=("street_safety_officer",),
            unless=("send",),
        ),
    ),
    deadlines=(Deadline("dark", hours(2), escalate=(At(hours(0), "street_safety_officer"),)),),
)
