// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// What the server says of its version: that of the Kubernetes API whose behaviour it has, and its own behind a plus.
public struct ServerVersion: Sendable {
    /// The version of this product.
    public let product: String

    /// A version of the product.
    public init(product: String) { self.product = product }

    var json: JSON {
        [
            "major": "1", "minor": "32", "gitVersion": .string("v1.32.0+sovereign-\(product)"), "gitCommit": "",
            "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "", "compiler": "swift",
            "platform": "linux/amd64",
        ]
    }
}
