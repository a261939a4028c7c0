"""Between granian and Django: what arrives in a request, and what leaves in an answer."""

import asyncio
import io
import threading

import pytest

from anlan.config.bridge import Pages, environ_of


class Headers:
    def __init__(self, pairs):
        self.pairs = pairs

    def items(self):
        return self.pairs

    def get(self, name, default=None):
        return dict(self.pairs).get(name, default)


class Scope:
    def __init__(
        self, *pairs, method="GET", path="/安/澜", query="a=1%202", authority=None, client="10.0.0.7:4711"
    ):
        self.headers, self.method, self.path, self.query_string = Headers(list(pairs)), method, path, query
        self.authority, self.client, self.server = authority, client, "127.0.0.1:8000"
        self.http_version, self.scheme = "1.1", "http"


class Proto:
    def __init__(self, *chunks):
        self.chunks, self.status, self.headers, self.body = chunks, None, [], []

    async def __aiter__(self):
        for chunk in self.chunks:
            yield chunk

    def response_bytes(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, [body]

    def response_str(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, [body]

    def response_stream(self, status, headers):
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, data):
        self.body.append(data)


def answer(application, scope, proto, *, body_bytes=1000):
    pages = Pages(application, threads=1, body_bytes=body_bytes, behind_proxy=False)
    asyncio.run(pages.answer(scope, proto))
    pages.pool.shutdown()
    return proto


def environ(*pairs, behind_proxy=False, **facts):
    return environ_of(Scope(*pairs, **facts), io.BytesIO(), behind_proxy=behind_proxy)


def test_chinese_paths_arrive_as_wsgi_wants_them():
    found = environ()
    assert found["PATH_INFO"].encode("latin-1").decode() == "/安/澜"
    assert found["QUERY_STRING"] == "a=1%202"


def test_a_header_cannot_be_smuggled_in_under_anothers_name():
    found = environ(("x_forwarded_proto", "https"), ("x-real", "1"))
    assert "HTTP_X_FORWARDED_PROTO" not in found
    assert found["HTTP_X_REAL"] == "1"


def test_several_cookie_headers_become_one():
    assert environ(("cookie", "a=1"), ("cookie", "b=2"))["HTTP_COOKIE"] == "a=1; b=2"


def test_the_name_asked_for_comes_from_http_2_as_well():
    assert environ(authority="anlan.lan")["HTTP_HOST"] == "anlan.lan"


@pytest.mark.parametrize(("behind", "address"), [(False, "10.0.0.7"), (True, "192.0.2.9")])
def test_an_address_passed_on_counts_only_behind_our_own_proxy(behind, address):
    found = environ(("x-forwarded-for", "1.1.1.1, 192.0.2.9"), behind_proxy=behind)
    assert found["REMOTE_ADDR"] == address


def test_an_ipv6_address_loses_its_brackets():
    assert environ(client="[2001:db8::7]:4711")["REMOTE_ADDR"] == "2001:db8::7"


def test_a_body_in_pieces_is_read_whole():
    def application(environ, start):
        start("201 Created", [("Set-Cookie", " a=1"), ("Set-Cookie", " b=2")])
        return [environ["wsgi.input"].read()]

    scope = Scope(("content-length", "6"), method="POST")
    proto = answer(application, scope, Proto(b"one", b"two"))
    assert (proto.status, proto.body) == (201, [b"onetwo"])
    assert proto.headers == [("set-cookie", "a=1"), ("set-cookie", "b=2")]


@pytest.mark.parametrize("length", ["5000", "10"])
def test_a_body_too_large_is_refused_whatever_it_says_of_itself(length):
    proto = answer(None, Scope(("content-length", length), method="POST"), Proto(b"x" * 600, b"x" * 600))
    assert proto.status == 413


def test_a_streamed_answer_is_made_in_one_thread_piece_by_piece_and_closed():
    threads = []

    class Streamed:
        streaming = True

        def __iter__(self):
            for piece in (b"one", b"", b"two"):
                threads.append(threading.current_thread().name)
                yield piece

        def close(self):
            threads.append("closed")

    def application(environ, start):
        start("200 OK", [])
        threads.append(threading.current_thread().name)
        return Streamed()

    assert answer(application, Scope(), Proto()).body == [b"one", b"two"]
    assert len(set(threads[:-1])) == 1
    assert threads[-1] == "closed"
