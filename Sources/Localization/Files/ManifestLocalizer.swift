// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// Replaces references to images in Kubernetes manifests.
///
/// Looked at are the pod templates of the built-in kinds, also in lists, and the paths that are given for others.
public struct ManifestLocalizer: FileLocalizer {
    /// Where else images are.
    public struct Place: Sendable {
        /// The kind of object; nil for every document.
        public let kind: String?
        /// The path to a reference in such an object.
        public let path: ValuePath

        /// A place.
        public init(kind: String? = nil, path: ValuePath) { (self.kind, self.path) = (kind, path) }
    }

    private let images: ImageReplacements
    private let places: [Place]
    public let defaultFiles = PathPattern.known("**/*.yaml", "**/*.yml", "**/*.json")

    /// Replaces these images.
    public init(_ images: ImageReplacements, places: [Place] = []) { (self.images, self.places) = (images, places) }

    public func localize(_ editor: inout DocumentEditor) throws(Fault) -> Set<Int> {
        var used: Set<Int> = []
        for index in editor.trees.indices {
            let root = editor.values[index]
            for object in Self.objects(root) {
                let kind = object.value["kind"]?.string
                var paths = places.filter { $0.kind == nil || $0.kind == kind }.map { object.path + $0.path.segments }
                if let kind, let spec = Self.podSpecs[kind] {
                    paths += Self.imagePaths.map { object.path + spec.map { .key($0) } + $0.segments }
                }
                for path in paths {
                    for match in try editor.matches(ValuePath(joined: path), in: [index]) {
                        guard let text = match.value.string, let image = ImageName(text),
                            let (new, rule) = images.replacement(of: image)
                        else { continue }
                        used.insert(rule)
                        try editor.set(match, to: .string(new.description))
                    }
                }
            }
        }
        return used
    }

    public func check(used: Set<Int>) throws(Fault) { try images.check(used: used) }

    /// Where each kind has its pod specification (Kubernetes API reference, “Workload Resources”).
    private static let podSpecs: [String: [String]] = [
        "Pod": ["spec"],
        "PodTemplate": ["template", "spec"],
        "Deployment": ["spec", "template", "spec"],
        "StatefulSet": ["spec", "template", "spec"],
        "DaemonSet": ["spec", "template", "spec"],
        "ReplicaSet": ["spec", "template", "spec"],
        "ReplicationController": ["spec", "template", "spec"],
        "Job": ["spec", "template", "spec"],
        "CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
    ]

    /// Where a pod specification has images: its containers, and volumes that are images.
    private static let imagePaths = [
        "containers[*].image", "initContainers[*].image", "ephemeralContainers[*].image", "volumes[*].image.reference",
    ].compactMap { try? ValuePath($0) }

    /// The object, or those of a list, with their paths.
    private static func objects(_ root: JSON) -> [(path: [ValuePath.Segment], value: JSON)] {
        guard let kind = root["kind"]?.string, kind == "List" || kind.hasSuffix("List"),
            let items = root["items"]?.array
        else { return [([], root)] }
        return items.enumerated().map { ([.key("items"), .index($0)], $1) }
    }
}
