// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// The annotation in which kubectl's client-side apply keeps what it applied last.
///
/// Kept in step while kubectl applies on the server side, so that users can go back.
enum LastApplied {
    static let annotation = "kubectl.kubernetes.io/last-applied-configuration"
    /// The only manager of which the annotation is known to be.
    static let manager = "kubectl"
    /// The most bytes of all annotations of an object.
    private static let maximumSize = 256 * 1024

    private static func text(of object: JSON) -> String? {
        guard let text = object["metadata"]?["annotations"]?[annotation]?.string, !text.isEmpty else { return nil }
        return text
    }

    /// The configuration in an object's annotation; nil when there is none that can be read.
    static func configuration(of object: JSON) -> JSON? {
        text(of: object).flatMap { try? JSON(parsing: Array($0.utf8), source: annotation) }
    }

    /// The object with what was applied now in its annotation, when it has one.
    static func renewed(in object: JSON, from configuration: JSON) -> JSON {
        guard text(of: object) != nil else { return object }
        var configuration = configuration
        if configuration["metadata"]?["annotations"]?[annotation] != nil {
            configuration["metadata"]?["annotations"]?[annotation] = nil
        }
        var object = object
        let text = configuration.text(sortedKeys: true) + "\n"
        object["metadata"]?["annotations"]?[annotation] = .string(text)
        // Annotations have a limit; without the text the object still can be applied to.
        let size = (object["metadata"]?["annotations"]?.object ?? JSONObject()).reduce(0) {
            $0 + $1.key.utf8.count + ($1.value.string?.utf8.count ?? 0)
        }
        if size > maximumSize { object["metadata"]?["annotations"]?[annotation] = nil }
        return object
    }
}
