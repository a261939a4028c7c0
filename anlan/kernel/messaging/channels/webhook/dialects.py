"""The three dialects of group robots that offices use. Each: the request for a text, and whether it was taken."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Request:
    url: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """`ask(url, secret, text, at)` makes the request; `code(answer)` is 0 when the robot has taken it."""

    ask: Callable[[str, str, str, datetime], Request]
    code: Callable[[Mapping[str, Any]], int]
    busy: frozenset[int]  # codes for *too many at once*: try again


def _hmac(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def _wecom(url: str, secret: str, text: str, at: datetime) -> Request:
    # WeCom's robots are not signed: the key in the address is the secret.
    return Request(url, {"msgtype": "text", "text": {"content": text}})


def _dingtalk(url: str, secret: str, text: str, at: datetime) -> Request:
    stamp = str(int(at.timestamp() * 1000))
    if secret:
        url += ("&" if "?" in url else "?") + urlencode(
            {"timestamp": stamp, "sign": _hmac(secret, f"{stamp}\n{secret}")}
        )
    return Request(url, {"msgtype": "text", "text": {"content": text}})


def _feishu(url: str, secret: str, text: str, at: datetime) -> Request:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secret:
        stamp = str(int(at.timestamp()))
        # Feishu's way round: stamp and secret are the key, the signed text is empty.
        body = {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{secret}", ""), **body}
    return Request(url, body)


def _errcode(answer: Mapping[str, Any]) -> int:
    return int(answer.get("errcode", -1))


def _feishu_code(answer: Mapping[str, Any]) -> int:
    return int(answer.get("code", answer.get("StatusCode", -1)))


DIALECTS = {
    "wecom": Dialect(_wecom, _errcode, frozenset({45009})),
    "dingtalk": Dialect(_dingtalk, _errcode, frozenset({130101, 410100})),
    "feishu": Dialect(_feishu, _feishu_code, frozenset({11232, 9499})),
}
