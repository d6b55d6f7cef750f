#!/usr/bin/python3
"""Streams an H.264 Annex B file over RTSP with gst-rtsp-server: an implementation that is not ours, for interoperability tests.

usage: gst_rtsp_server.py FILE.h264 FRAMES_PER_SECOND [USER:PASSWORD:basic|digest]

Listens on a free port of 127.0.0.1 and prints "ready PORT". Needs Debian's gir1.2-gst-rtsp-server-1.0, python3-gi,
gstreamer1.0-plugins-{base,good,bad}, and Debian's python3 (which knows python3-gi).
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstApp, GstRtsp, GstRtspServer  # noqa: E402,F401

ROLE = "operator"


def access_units(stream):
    """The byte ranges that begin with an access unit delimiter (the test clip has one before each picture)."""
    delimiter = b"\0\0\0\1\x09"
    starts = []
    at = stream.find(delimiter)
    while at >= 0:
        starts.append(at)
        at = stream.find(delimiter, at + 1)
    return [stream[start:end] for start, end in zip(starts, starts[1:] + [len(stream)])]


class Factory(GstRtspServer.RTSPMediaFactory):
    """One shared medium: an appsrc with time stamps of our own, because a looped file source stamps every packet 0."""

    def __init__(self, units, frames_per_second):
        super().__init__()
        self.units = units
        self.duration = Gst.SECOND // frames_per_second
        self.set_shared(True)
        self.set_launch(
            "( appsrc name=source is-live=true format=time block=true caps=video/x-h264,stream-format=byte-stream,alignment=au"
            " ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )"
        )

    def start(self, media):
        state = {"frame": 0}
        source = media.get_element().get_by_name_recurse_up("source")
        source.connect("need-data", self.push, state)

    def push(self, source, _length, state):
        buffer = Gst.Buffer.new_wrapped(self.units[state["frame"] % len(self.units)])
        buffer.pts = buffer.dts = state["frame"] * self.duration
        buffer.duration = self.duration
        state["frame"] += 1
        source.emit("push-buffer", buffer)


def protect(server, factory, user, password, method):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    if method == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    permissions = Gst.Structure.new_empty(ROLE)
    for permission in ("media.factory.access", "media.factory.construct"):
        permissions.set_value(permission, True)
    factory.add_role_from_structure(permissions)
    server.set_auth(auth)


def main():
    path, rate = sys.argv[1], int(sys.argv[2])
    Gst.init(None)
    with open(path, "rb") as file:
        units = access_units(file.read())
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory = Factory(units, rate)
    factory.connect("media-configure", lambda f, media: f.start(media))
    if len(sys.argv) > 3:
        protect(server, factory, *sys.argv[3].rsplit(":", 2))
    server.get_mount_points().add_factory("/cam", factory)
    server.attach(None)
    print(f"ready {server.get_bound_port()}", flush=True)
    GLib.MainLoop().run()


main()
