"""Stations, sensors, readings; alarms with their steps; sensor faults with their repair; where the engine stands."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anlan.domains.sensing.rules.sources import METRICS
from anlan.kernel.core.ids import new_id
from anlan.kernel.core.models import Exercise
from anlan.kernel.loop.models import LoopRecord
from anlan.kernel.places.models import Place, Region

STATION_KINDS = ("rain", "river", "reservoir", "street", "tide")
COLOURS = ("", "blue", "yellow", "orange", "red")


class Station(models.Model):
    """A pole with instruments. `exercise` is the world it belongs to: a replay brings its own stations.

    `marks`: the station's own stages in cm, by what they are called in the rules (warning, guarantee, flood_limit …).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+")
    lon = models.FloatField(null=True, blank=True)  # WGS-84 degrees
    lat = models.FloatField(null=True, blank=True)
    siting_note = models.CharField(max_length=200, blank=True)  # said wherever the station is shown
    owner = models.CharField(max_length=120, blank=True)
    marks = models.JSONField(default=dict)
    # Seconds that alarms wait for its readings; None: what the rules say for its region.
    late_s = models.PositiveIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["exercise", "code"], nulls_distinct=False, name="station_code_once_a_world"
            ),
            models.CheckConstraint(condition=Q(kind__in=STATION_KINDS), name="station_kind"),
        ]
        indexes: ClassVar = [models.Index(fields=["exercise", "region"], name="station_world_region")]

    def __str__(self) -> str:
        return self.name


class Sensor(models.Model):
    """One instrument of a station. Values are integers of 0.1 of the metric's unit; a small id for the readings."""

    id = models.AutoField(primary_key=True)
    station = models.ForeignKey(Station, models.PROTECT, related_name="sensors")
    metric = models.CharField(max_length=12)
    every_s = models.PositiveIntegerField(default=300)
    silent_s = models.PositiveIntegerField(default=1800)  # 0: speaks only when something happens
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["station", "metric"], name="sensor_once_a_station"),
            models.CheckConstraint(condition=Q(metric__in=METRICS), name="sensor_metric"),
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.metric}"


class Reading(models.Model):
    """One value of one sensor: partitioned by month, known by (sensor, at), written by binary COPY, never one by one.

    `flags` are the bits of rules.faults; a flagged reading is kept and shown, and counts in no window.
    """

    sensor_id = models.IntegerField()
    at = models.DateTimeField()
    value = models.IntegerField()
    flags = models.SmallIntegerField()
    pk = models.CompositePrimaryKey("sensor_id", "at")

    class Meta:
        managed = False
        db_table = "sensing_reading"

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.at:%F %T} {self.value / 10}"


class HourSum(models.Model):
    """What an hour of one sensor came to, kept for good when its single readings are dropped. Values in 0.1 unit.

    `at` is the end of the hour; `good` of its `readings` were believed and only they are in the figures.
    """

    sensor_id = models.IntegerField()
    at = models.DateTimeField()
    readings = models.PositiveIntegerField()
    good = models.PositiveIntegerField()
    total = models.BigIntegerField()
    least = models.IntegerField(null=True)
    most = models.IntegerField(null=True)
    pk = models.CompositePrimaryKey("sensor_id", "at")

    class Meta:
        db_table = "sensing_hour"

    def __str__(self) -> str:
        return f"{self.sensor_id} {self.at:%F %H} {self.total / 10}"


class Alarm(LoopRecord):
    """报警: one episode of one sensor, or of one street as a whole; it steps up and down until it ends.

    `colour` is the mark that was reached, never a signal: a signal is the weather office's alone.
    """

    sensor = models.ForeignKey(Sensor, models.PROTECT, null=True, blank=True, related_name="alarms")
    area = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    metric = models.CharField(max_length=12)  # rain | level | depth
    colour = models.CharField(max_length=10, blank=True)  # now; "" when over
    peak = models.CharField(max_length=10)
    window_minutes = models.PositiveIntegerField(default=0)  # 0: a value or a rise
    value = models.IntegerField()  # at the last step, 0.1 unit
    began_at = models.DateTimeField()
    stepped_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    by_fault = models.BooleanField(default=False)  # it ended because the sensor is no longer believed

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sensor"],
                condition=Q(ended_at=None, sensor__isnull=False),
                name="alarm_one_open_a_sensor",
            ),
            models.UniqueConstraint(
                fields=["exercise", "area"],
                condition=Q(ended_at=None, area__isnull=False),
                nulls_distinct=False,
                name="alarm_one_open_an_area",
            ),
            models.CheckConstraint(
                condition=Q(sensor__isnull=False, area=None) | Q(sensor=None, area__isnull=False),
                name="alarm_of_sensor_or_area",
            ),
            models.CheckConstraint(condition=Q(colour__in=COLOURS, peak__in=COLOURS), name="alarm_colours"),
        ]
        indexes: ClassVar = [models.Index(fields=["exercise", "began_at"], name="alarm_world_began")]


class AlarmStep(models.Model):
    """One step of an episode, with what it rests on. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="alarm_steps")
    at = models.DateTimeField()  # end of the slot in which the mark was passed
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10, blank=True)
    window_minutes = models.PositiveIntegerField(default=0)
    measure = models.CharField(max_length=10)  # sum | value | rise | shared | mean
    value = models.IntegerField()  # tenths of mm or cm; of the shared measure the rank of the colour

    class Meta:
        indexes: ClassVar = [models.Index(fields=["alarm", "at"], name="alarmstep_alarm_at")]

    def __str__(self) -> str:
        return f"{self.before or '–'} → {self.after or '–'}"


class SensorFault(LoopRecord):
    """A sensor that is not believed, and the repair that follows. One open repair a sensor and kind of fault."""

    sensor = models.ForeignKey(Sensor, models.PROTECT, related_name="faults")
    kind = models.CharField(max_length=10)  # rules.faults.FAULTS
    seen = models.JSONField(default=dict)
    began_at = models.DateTimeField()
    recovered_at = models.DateTimeField(
        null=True, blank=True
    )  # the engine believes it again; somebody still looks
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recovered_at=None) | Q(recovered_at__gte=F("began_at")), name="sensorfault_order"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["sensor"], condition=Q(recovered_at=None), name="sensorfault_standing"),
        ]


class Position(models.Model):
    """Where the engine of one world stands: written in the transaction of the step that brought it there.

    `setup_digest` names the sensors and rules it was built from; another digest means a fresh start of the windows.
    """

    world = models.CharField(max_length=36, primary_key=True)  # "live" or the exercise's id
    exercise = models.OneToOneField(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    step = models.BigIntegerField()
    series_digest = models.CharField(max_length=64, blank=True)
    setup_digest = models.CharField(max_length=64)
    slot_s = models.PositiveIntegerField()
    watermark = models.DateTimeField()
    state = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.world} #{self.step}"


class Feeder(models.Model):
    """A source that may send readings over HTTP: known by the SM3 of its token; declares unit, stamps and sentinels."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120)
    token_sm3 = models.CharField(max_length=64, unique=True)
    declaration = models.JSONField(default=dict)  # rules.sources.Source without the metric
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Arrival(models.Model):
    """A batch that was answered with 200 and waits for the engine: durable first, evaluated next, then gone."""

    id = models.BigAutoField(primary_key=True)
    exercise = models.ForeignKey(Exercise, models.PROTECT, null=True, blank=True, related_name="+")
    feeder = models.ForeignKey(Feeder, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    body = models.BinaryField()  # rules.packing of sensor ids, seconds, values, flags

    def __str__(self) -> str:
        return f"{self.feeder_id} {self.rows}"
