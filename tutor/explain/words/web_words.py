"""The words of the pages of ``tutor serve`` around what is asked and said: titles, buttons, messages of the server."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.explain.words.topic import Topic


class WebWords(Topic):
    """The phrases of the pages in a browser."""

    SITE = "tutor"
    SKIP_LINK = "To the content"
    CATALOGUE = "Exercises"
    CATALOGUE_LEAD = "Choose one: read how it is solved, or take the steps yourself."
    COURSES: Mapping[str, str] = {"own": "Own exercises"}
    """Titles of groups that are no courses."""
    BY_SKILL = "By what is in them"
    TRAINS = "Skill to train"
    SKILL_SORTS: Mapping[str, str] = {
        "forward": "Forward values", "local": "Local derivatives", "gradient": "Gradients", "update": "Updates",
        "choices": "Choices and reasons",
    }  # fmt: skip
    SHOW = "Show"
    MASTERED = "mastered: {percent}"
    NOT_TRIED = "not tried yet"
    ALL_EXERCISES = "all exercises"
    ALL_SKILLS = "all"
    NO_EXERCISES = "No exercise trains this."
    ABILITIES: Mapping[str, str] = {"layers": "matrices", "data": "data set", "training": "training"}
    STATES: Mapping[str, str] = {"begun": "{done} of {count} steps", "ended": "finished: {right} of {count} on your own"}
    SOLUTION = "Worked solution"
    PRACTISE = "Practise"
    GO_ON = "Go on"
    YOUR_SUMMARY = "Summary"
    GRAPH = "Graph"
    SCALAR = "neuron by neuron"
    LAYER = "in matrices"

    BEGIN = "Begin"
    BEGIN_ANEW = "Begin anew"
    BEGIN_LEAD = "You take the steps: each answer is judged at once, and there is help when you want it."
    EXAM_LEAD = "This is an exam: no hints, and the verdicts come at the end."
    HOW = "How"
    MODES: Mapping[str, str] = {
        "practise": "everything is asked, with hints",
        "learn": "with worked steps first, then less and less help",
        "graded": "with a mark: tries and hints cost",
    }
    FORM = "Form"
    CHANGED = "This exercise was changed since you began. What you did is kept; begin anew to go on."

    STEPS_SO_FAR = "The steps so far"
    NO_STEPS = "None yet."
    KNOWN = "What is known"
    PROGRESS = "{done} of {count} steps done"
    ANSWER = "Your answer"
    ENTRY = "Entry {row}, {column}"
    ENTRY_OF_LIST = "Entry {row}"
    CHECK = "Check"
    HAND_IN = "Hand in"
    """In an exam, where nothing is told of an answer yet."""
    UNDERSTOOD = "Understood as"
    CHOSEN = "Chosen"
    DROP_HERE = "Drag here, or press the space bar on a tile."
    ON_GRAPH = "You can mark the ways on the graph, too."
    WAY_THROUGH = "The way through {name}"
    NAME_LABEL = "Your name (optional)"
    NAME_SAVE = "Save"
    GREETING = "You practise as {name}"
    DO: Mapping[str, str] = {
        "hint": "Hint", "keep": "Go on with my value", "skip": "Skip", "back": "Back", "give-up": "Show me this step", "quit": "Finish",
    }  # fmt: skip
    GO = "Go to"
    MARKS: Mapping[str, str] = {"open": "open", "done": "done", "skipped": "left out", "now": "now"}
    NEXT = "Go there"

    CLASS = "The class"
    CLASS_LEAD = "How far everybody is; a cell has the steps done on their own, those done, and all."
    STUDENT = "Student"
    CELL = "{right} / {done} / {count}"
    NOT_BEGUN = "—"
    LAST_SEEN = "Last"
    WEAKEST = "What is weakest in the class"
    WEAKEST_LEAD = "How probable it is that a skill is mastered, on average over those who have been asked for it."
    SKILL_SHARE = "{percent} of {count}"

    NOTES: Mapping[str, str] = {
        "stale": "This exercise has gone on in another tab since this page was shown. What you sent was not taken; here is where you are.",
        "sent": "You had sent: {text}",
        "twice": "This answer had been taken already.",
        "too-long": "An answer may have {count} characters at most. It was not taken.",
        "slow": "Judging this took too long, and was given up. It does not count as a try; write it shorter.",
        "failed": "This could not be judged. It does not count as a try.",
        "many": "This session has very many events; finish it and begin anew.",
    }
    ERRORS: Mapping[str, tuple[str, str]] = {
        "missing": ("There is no such page", "The exercises have the list of all there are."),
        "form": ("This form cannot be taken", "It is of another session, or cookies are not kept. Load the page anew and send it again."),
        "host": ("This name is not mine", "The server does not know the name that it was asked by. Use the address that it printed."),
        "large": ("Too much was sent", "A form has at most {count} kilobytes. Nothing was taken; go back and send less."),
        "often": ("Too often", "You ask faster than anybody can read. Wait a few seconds and send it again."),
        "store": ("The answers cannot be kept at the moment", "Nothing was taken, and nothing is lost. Wait a little and send it again."),
        "solution": ("No solutions here", "Solutions are switched off on this server."),
        "exercise": ("This exercise cannot be shown", "{what}"),
        "slow": ("This took too long", "It was given up after {count} seconds. Try again."),
        "failed": ("This failed", "It is a fault of the program, not yours. Nothing is lost; try again."),
        "link": ("This link lets nobody in", "Ask for a new one."),
        "class": ("Only for the class", "Open the link that you were given first."),
        "method": ("This cannot be done here", "Go back to the page and use its buttons."),
    }
    """Pages of refusals: their title, and what to do."""
    HOME = "To the exercises"
