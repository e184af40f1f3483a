// SPDX-License-Identifier: Apache-2.0

import ComponentModel
import Documents
import Repositories

extension ComponentDescriptor {
    /// The descriptor of acme.org/demo:1.0.0 with one local blob.
    static func oneBlob(_ name: String, _ placed: PlacedContent) throws -> ComponentDescriptor {
        let descriptor: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": "acme.org/demo", "version": "1.0.0", "provider": "acme.org", "repositoryContexts": [],
                "sources": [], "componentReferences": [],
                "resources": [
                    [
                        "name": .string(name), "version": "1.0.0", "type": "blob", "relation": "local",
                        "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
                    ]
                ],
            ],
        ]
        return try ComponentDescriptor(json: descriptor, source: "test")
    }
}
