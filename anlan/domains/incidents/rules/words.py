"""Words of the register of events: classes, grades, ways in, posts of the watch, boxes of the hand-over."""

from anlan.kernel.core.words import N_

# 突发事件应对法 art. 2: four classes; art. 3: four grades. `none` is an event below every grade.
CLASSES = {
    "natural": N_("Natural disaster"),
    "accident": N_("Accident disaster"),
    "health": N_("Public health event"),
    "security": N_("Public security event"),
}
GRADES = {
    "none": N_("Below all grades"),
    "ordinary": N_("Ordinary (grade)"),
    "serious": N_("Serious (grade)"),
    "major": N_("Major (grade)"),
    "exceptional": N_("Exceptional (grade)"),
}
WAYS_IN = {
    "phone": N_("Telephone"),
    "110": N_("Police 110"),
    "119": N_("Fire brigade 119"),
    "120": N_("Ambulance 120"),
    "12345": N_("Citizens’ line 12345"),
    "street": N_("Street or community"),
    "unit": N_("Member unit"),
    "firm": N_("The firm itself"),
    "patrol": N_("Patrol"),
    "video": N_("Video or instrument"),
}
KINDS_OF_REPORT = {
    "first": N_("First report"),
    "update": N_("Follow-up report"),
    "final": N_("Final report"),
    "supplement": N_("Supplement after the end"),
}
CHANNELS = {"phone": N_("By telephone"), "written": N_("In writing")}
POSTS = {
    "leader": N_("Leader on duty"),
    "chief": N_("Watch chief"),
    "officer": N_("Watch officer"),
    "standby": N_("Standby"),
    "technician": N_("Technician"),
    "flood": N_("Flood seat"),
    "joint": N_("Joint duty of another unit"),
}
READINESS = {
    "normal": N_("Normal"),
    "strengthened": N_("Strengthened"),
    "war": N_("War footing"),
}
BOXES = {
    "phone": N_("Telephone tried"),
    "fax": N_("Fax tried"),
    "satellite": N_("Satellite phone tried"),
    "video": N_("Video tried"),
    "leaders": N_("Leaders in town known"),
    "keys": N_("Keys handed over"),
    "cars": N_("Cars in their place"),
    "orders": N_("Unanswered orders read"),
}
FAILURES = {
    "no_answer": N_("Nobody answered"),
    "uninformed": N_("Answered, but did not know the matter"),
    "off_post": N_("Answered from elsewhere"),
}
RANK = tuple(GRADES)  # from the lightest to the heaviest
URGENT = ("major", "exceptional")
