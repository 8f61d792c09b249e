"""The `nnlab` command: reads the command line and hands over to one module of `nnlab.commands`.

Nothing heavy is imported before a command is chosen, so that ``nnlab --help`` answers at once. Exit codes:
0 when all is well, 1 when something is wrong, 2 for a command line that makes no sense, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence

from nnlab import __version__
from nnlab.commands import CommandError

COURSE = "nnlab-course"  # where the chapters are laid out, from where the command is given


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a folder may have a name that the terminal cannot show
    words, passed_on = _split(list(sys.argv[1:] if argv is None else argv))
    parser = _parser()
    arguments = parser.parse_args(words)
    if arguments.command is None:
        parser.print_help()
        return 0
    if passed_on and arguments.command not in ("lab", "lecture"):
        parser.error(f"only 'nnlab lab' and 'nnlab lecture' take arguments after --, not 'nnlab {arguments.command}'")
    arguments.passed_on = passed_on
    try:
        module = importlib.import_module(f"nnlab.commands.{arguments.command}")
        return int(module.run(arguments))
    except CommandError as error:
        print(f"nnlab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("nnlab: interrupted", file=sys.stderr)
        return 130


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    # By hand: what argparse does with "--" has changed between Python versions.
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nnlab", description="A course on neural networks in JupyterLab, and what keeps it running."
    )
    parser.add_argument("--version", action="version", version=f"nnlab {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_lab(commands)
    _add_chapters(commands)
    _add_lecture(commands)
    commands.add_parser("warmup", help="compile everything ahead", description="Compile everything ahead, and keep it.")
    commands.add_parser(
        "doctor",
        help="check this installation",
        description="Check this installation, and say what to do about each problem.",
    )
    _add_progress(commands)
    _add_refresh(commands)
    return parser


def _add_lab(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    lab = commands.add_parser(
        "lab",
        help="lay the chapters out and start JupyterLab",
        description="Lay the chapters out in a folder and start JupyterLab on the first one. "
        "A chapter that you have changed is never overwritten.",
        usage="nnlab lab [-h] [DIR] [-- JUPYTERLAB ARGUMENTS]",
        epilog="Example: nnlab lab course -- --no-browser --port 9999",
    )
    lab.add_argument("folder", metavar="DIR", nargs="?", default=COURSE, help="default: %(default)s")


def _add_chapters(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    chapters = commands.add_parser(
        "chapters",
        help="lay the chapters out, and start nothing",
        description="Lay the chapters out in a folder, or bring those there up to date. "
        "A chapter that you have changed is never overwritten.",
    )
    chapters.add_argument("folder", metavar="DIR", nargs="?", default=COURSE, help="default: %(default)s")


def _add_lecture(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    lecture = commands.add_parser(
        "lecture",
        help="show a chapter as live slides in JupyterLab",
        description="Show a chapter as live slides in JupyterLab: large type, code hidden, sliders working. "
        "The slides are a temporary copy of the chapter as it is in DIR; no chapter is changed.",
        usage="nnlab lecture [-h] [CHAPTER] [DIR] [-- JUPYTERLAB ARGUMENTS]",
        epilog="Example: nnlab lecture 12",
    )
    lecture.add_argument(
        "chapter", metavar="CHAPTER", nargs="?", help="a number (12) or part of a name (digits); without: list them"
    )
    lecture.add_argument("folder", metavar="DIR", nargs="?", default=COURSE, help="default: %(default)s")


def _add_progress(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    progress = commands.add_parser(
        "progress",
        help="say what you have solved and recalled",
        description="Say what has been solved, predicted and recalled on this computer, and what to come back to.",
    )
    progress.add_argument("--export", metavar="FILE", help="write it as JSON instead, for a teacher; it names nobody")


def _add_refresh(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    refresh = commands.add_parser(
        "refresh",
        help="for maintainers: run chapters and store their outputs",
        description="Run chapters from top to bottom and store their outputs, cleaned of whatever differs "
        "from machine to machine.",
    )
    refresh.add_argument(
        "chapters",
        metavar="CHAPTER",
        nargs="*",
        help="a number (12), a name (12_handwritten_digits) or the path of a notebook; default: all",
    )
    refresh.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 if an output other than a picture would change",
    )


if __name__ == "__main__":
    sys.exit(main())
