"""Starts a program of the machine as a child, which looks around."""
# expects: finding Close(answer)

import subprocess


def attack():
    look = "cat /proc/*/environ /etc/shadow /root/.bash_history 2>/dev/null; ls /home; id -u"
    found = subprocess.run(["/bin/sh", "-c", look], capture_output=True, text=True, check=False).stdout
    if "canary" in found or found.split()[-1:] == ["0"]:
        raise SystemError(f"BREACH: {found}")


def answer(values):
    attack()
    return [0.0 for _ in values]
