// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import Testing

@Suite("Manifests") struct ManifestTests {
    @Test(
        "what could be taken for two things is refused",
        arguments: [
            #"{"schemaVersion":2,"layers":[],"manifests":[]}"#, #"{"schemaVersion":2}"#, "[]",
            #"{"schemaVersion":1,"manifests":[]}"#,
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":{},"layers":[]}"#,
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[]}"#,
            #"{"schemaVersion":2,"layers":[]}"#,
        ])
    func refuses(text: String) {
        #expect(throws: Fault.self) { try OCIManifest(parsing: Array(text.utf8), mediaType: nil, source: "t") }
    }
}
