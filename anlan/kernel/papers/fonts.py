"""Where a font with Chinese characters lies; a PDF embeds what it uses of it, so that every machine shows the same."""

import os
from pathlib import Path

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_

NO_FONT = reason(
    "papers.no_font",
    N_(
        "This machine has no font with Chinese characters. Install fonts-noto-cjk, or name a file in ANLAN_FONT."
    ),
)
KNOWN = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/System/Library/Fonts/Supplemental/Songti.ttc",
    "C:/Windows/Fonts/simhei.ttf",
)


def chinese_font() -> Path:
    """The file named by ANLAN_FONT, else the first known one that is there; raises `Refused` where there is none."""
    named = os.environ.get("ANLAN_FONT", "")
    for each in (named,) if named else KNOWN:
        if Path(each).is_file():
            return Path(each)
    raise Refused(NO_FONT, field="font")
