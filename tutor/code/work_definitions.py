"""What a file has before it computes: libraries that it imports, functions and classes."""

from __future__ import annotations

import ast

from tutor.code.code_values import ClassOf, LibraryWord, NotRead, ProgramFunction
from tutor.code.library_names import READ, name_library
from tutor.code.work_functions import FunctionWorker
from tutor.errors import tell
from tutor.program.program_values import order_lines


class DefinitionWorker(FunctionWorker):
    """Keeps what a file imports and defines."""

    def run_import(self, node: ast.Import) -> None:
        """The name of a library."""
        for alias in node.names:
            head = name_library(alias.name)
            self.torch |= head.partition(".")[0] == "torch"
            self.numpy |= head == "numpy"
            self.scope[alias.asname or alias.name.partition(".")[0]] = LibraryWord(head if alias.asname else head.partition(".")[0])

    def run_import_from(self, node: ast.ImportFrom) -> None:
        """Names of a library; those of files beside it are not known."""
        module = name_library(node.module or "")
        self.torch |= module.partition(".")[0] == "torch"
        for alias in node.names:
            name = alias.asname or alias.name
            if module.partition(".")[0] in READ:
                self.scope[name] = LibraryWord(name_library(f"{module}.{alias.name}"))
            elif alias.name in self.scope:  # of a file beside it
                self.scope[name] = self.scope[alias.name]
            else:
                self.imported.add(name)

    def run_definition(self, node: ast.FunctionDef) -> None:
        """A function, read where it is called."""
        self.scope[node.name] = ProgramFunction(node, self.scope)

    def run_class(self, node: ast.ClassDef) -> None:
        """A class, with the methods of those it is made from."""
        words = [base.id if isinstance(base, ast.Name) else base.attr for base in node.bases if isinstance(base, ast.Name | ast.Attribute)]
        known = [self.scope.get(word) for word in words]
        bases = [one for one in known if isinstance(one, ClassOf)]
        try:
            line = order_lines([*((base, *base.line) for base in bases), bases])
        except ValueError:
            raise NotRead(tell("a class that comes from too many, or from classes in no order that Python has"), node) from None
        bodies = [node.body, *(one.node.body for one in line)]
        methods = {part.name: part for body in reversed(bodies) for part in body if isinstance(part, ast.FunctionDef)}
        self.scope[node.name] = ClassOf(node, self.scope, methods, line)
