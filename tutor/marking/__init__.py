"""Marking one student: questions, follow-through, diagnosis by bending, credit.  Never renders."""
