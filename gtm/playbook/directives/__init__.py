"""What a person asks for in a rejection comment, as far as the playbook can honour it without a model.

A comment is read sentence by sentence. Whatever matches one of the forms becomes a typed directive; every other
sentence, and whatever a sentence says beside its forms, is kept in `unhandled`, so that a draft says plainly what it
could not act on. A form that is denied (“don't
wait 72 hours”) asks for nothing.

Forms on copy (`copy_forms`): words in quotes after avoid / do not say / drop; shorter; a call to action by its name;
friendlier, more formal; `4 emails`. On the plan (`plan_forms`): a split `60/30/10`; drop / add CHANNEL; give LinkedIn
40 %, email budget to 30 %, cut LinkedIn by 20 %; put revenue first, awareness weight 0.5, drop the awareness objective.
On times (`time_forms`): start on YYYY-MM-DD; wait 72 hours, 3 days between the emails; at most 2 per week; send on
Wednesdays, at 11:00.
"""

from gtm.playbook.directives.copy_forms import TONE_STEP
from gtm.playbook.directives.model import Directives, Refused, ShareAsked, WeightAsked
from gtm.playbook.directives.reading import read_comments

__all__ = ["TONE_STEP", "Directives", "Refused", "ShareAsked", "WeightAsked", "read_comments"]
