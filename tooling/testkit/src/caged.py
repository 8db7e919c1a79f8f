"""Runs a command without the right to use sockets, as the sandbox of Codex does: caged.py COMMAND [ARG...].

A seccomp filter (man 2 seccomp) lets connect, bind and sendto fail with EPERM, for the command and all that it starts.
"""
import ctypes
import errno
import os
import platform
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
CALLS = {"x86_64": (42, 49, 44), "aarch64": (203, 200, 206)}  # connect, bind, sendto


def instruction(code, k, if_true=0, if_false=0):
    return struct.pack("HBBI", code, if_true, if_false, k)


def program(calls):
    tests = [instruction(JUMP_IF_EQUAL, call, len(calls) - n) for n, call in enumerate(calls)]
    ends = [instruction(RETURN, ALLOW), instruction(RETURN, DENY)]
    return [instruction(LOAD, 0), *tests, *ends]


class Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def cage():
    instructions = program(CALLS[platform.machine()])
    libc = ctypes.CDLL(None, use_errno=True)
    rules = Filter(len(instructions), b"".join(instructions))
    for call in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(rules))):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


cage()
os.execvp(sys.argv[1], sys.argv[1:])
