"""What each exercise trains, as `exercises/skills.csv` has it; run as a script it writes the file anew."""

from tutor.exercise.catalogue import FOLDER, SKILLS, ids
from tutor.exercise.load import load
from tutor.practice.session import Lesson, Settings


def describe(ident):
    exercise = load(ident)
    tasks = Lesson(exercise, Settings(layer=exercise.layers is not None)).tasks
    return f"{ident},{len(tasks)},{'; '.join(dict.fromkeys(task.skill for task in tasks))}"


def write_table():
    return "\n".join(["exercise,tasks,skills", *map(describe, ids())]) + "\n"


if __name__ == "__main__":
    (FOLDER / SKILLS).write_text(write_table(), "utf-8")
