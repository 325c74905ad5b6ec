# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds csvc._csvc with swig, against the libcsvc that pkg-config finds."""
import glob
import os
import shlex
import subprocess
import sys

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext


def pkg_config(*args):
    command = [os.environ.get("PKG_CONFIG", "pkg-config"), *args]
    return shlex.split(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def version():
    """The library's, for the package is nothing without it; any will do to make an sdist."""
    try:
        return pkg_config("--modversion", "csvc")[0]
    except (OSError, subprocess.CalledProcessError):
        return "0"


class Build(build_ext):
    """pkg-config is asked here and not at import: an sdist needs no library."""

    def build_extension(self, ext):
        os.makedirs(self.build_temp, exist_ok=True)
        include = pkg_config("--variable=includedir", "csvc")[0]
        wrapper = os.path.join(self.build_temp, "csvc_python_wrap.c")
        subprocess.check_call([os.environ.get("SWIG", "swig"), "-python", "-w314", "-interface", "_csvc", "-Ibindings", "-I" + include,
                               "-outdir", self.build_temp, "-o", wrapper, "bindings/python/csvc_python.i"])
        ext.sources = [wrapper]
        ext.extra_compile_args = pkg_config("--cflags", "csvc") + ["-fno-strict-aliasing"]
        ext.extra_link_args = pkg_config("--libs", "csvc")
        super().build_extension(ext)
        self.write_stub(include)

    def write_stub(self, include):
        headers = sorted(glob.glob(os.path.join(include, "csvc", "*.h")))
        target = os.path.join(os.path.dirname(self.get_ext_fullpath("csvc._csvc")), "_csvc.pyi")
        with open(target, "w", encoding="utf-8") as stub:
            subprocess.check_call([sys.executable, "bindings/python/stub.py", *headers, "bindings/csvc.i"], stdout=stub)


setup(version=version(), ext_modules=[Extension("csvc._csvc", sources=[])], cmdclass={"build_ext": Build})
