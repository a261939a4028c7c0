"""A worker in a process of its own, to be killed: `python -m … SMS_URL`."""

import sys
import threading

import django

django.setup()

from anlan.kernel.messaging.channels.in_app.client import InAppChannel  # noqa: E402
from anlan.kernel.messaging.channels.setup import Channels  # noqa: E402
from anlan.kernel.messaging.channels.sms_http.client import SmsChannel  # noqa: E402
from anlan.kernel.messaging.worker import serve  # noqa: E402

if __name__ == "__main__":
    channels = Channels({"sms": SmsChannel({"url": sys.argv[1], "batch": 7}), "in_app": InAppChannel({})})
    serve(threading.Event(), channels=channels, poll_s=0.05, lease_s=0.5)
