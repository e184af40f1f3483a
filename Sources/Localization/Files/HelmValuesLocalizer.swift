// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// Replaces images in the values of Helm charts, whose shape differs from chart to chart.
///
/// An image is a mapping with `repository` (or `image` beside other parts), maybe `registry`, `tag`, `digest` or `sha`,
/// or a text in a member whose name ends in `image`. Where `global.imageRegistry` is set, it goes before `registry`.
public struct HelmValuesLocalizer: FileLocalizer {
    /// An image at a path.
    public struct Mapping: Sendable {
        /// A path to the mapping or the text that describes the image.
        public let path: ValuePath
        /// The new reference; without tag and digest the old ones stay.
        public let image: ImageName
        /// Whether it is no mistake that the path leads nowhere.
        public let isOptional: Bool

        /// An image at a path.
        public init(_ path: ValuePath, _ image: ImageName, isOptional: Bool = false) {
            (self.path, self.image, self.isOptional) = (path, image, isOptional)
        }
    }

    private let images: ImageReplacements
    private let mappings: [Mapping]
    private let globalRegistry: String?
    public let defaultFiles = PathPattern.known("*/values.yaml")

    /// Replaces images by reference and at paths.
    ///
    /// - Parameter globalRegistry: what `global.imageRegistry` becomes; made when it is missing.
    public init(_ images: ImageReplacements, mappings: [Mapping] = [], globalRegistry: String? = nil) {
        (self.images, self.mappings, self.globalRegistry) = (images, mappings, globalRegistry)
    }

    public func localize(_ editor: inout DocumentEditor) throws(Fault) -> Set<Int> {
        guard editor.trees.count <= 1 else {
            throw Fault(.invalid, "\(editor.source) holds several documents where values of a chart are expected")
        }
        let oldRegistry = editor.values.first?["global"]?["imageRegistry"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        var used: Set<Int> = []
        var written: [JSONPointer: (shape: ImageShape, image: ImageName)] = [:]
        var order: [JSONPointer] = []
        func note(_ shape: ImageShape, _ image: ImageName) {
            if written[shape.match.pointer] == nil { order.append(shape.match.pointer) }
            written[shape.match.pointer] = (shape, image)
        }
        for shape in try shapes(in: editor) {
            guard let (image, rule) = replacement(of: shape, oldRegistry) else { continue }
            used.insert(rule)
            note(shape, image)
        }
        for mapping in mappings {
            let matches = try editor.matches(mapping.path)
            guard !matches.isEmpty || mapping.isOptional else { throw try editor.nothing(at: mapping.path, in: nil) }
            for match in matches {
                guard let shape = ImageShape(match) else {
                    throw Fault(
                        .invalid, "\(editor.place(match)): “\(mapping.path)” describes no image",
                        fix: "lead the path to a text, or to a mapping with 'repository'")
                }
                note(shape, shape.image.replaced(by: mapping.image))
            }
        }
        for pointer in order {
            guard let (shape, image) = written[pointer] else { continue }
            try checkRegistry(shape, image, oldRegistry, editor)
            try shape.write(image, into: &editor)
        }
        try writeGlobalRegistry(&editor)
        return used
    }

    public func check(used: Set<Int>) throws(Fault) { try images.check(used: used) }

    private func shapes(in editor: DocumentEditor) throws(Fault) -> [ImageShape] {
        let values = try editor.matches(ValuePath(joined: [.descent, .children]))
        return values.compactMap { match in
            if match.value.string != nil {
                guard let key = match.pointer.parts.last, key.lowercased().hasSuffix("image") else { return nil }
            } else if match.value.object == nil {
                return nil
            }
            return ImageShape(match)
        }.droppingParts()
    }

    private func replacement(of shape: ImageShape, _ registry: String?) -> (image: ImageName, rule: Int)? {
        if let found = images.replacement(of: shape.image) { return found }
        guard let registry, shape.hasRegistry || shape.image.registry == nil else { return nil }
        var image = shape.image
        image.registry = registry
        return images.replacement(of: image)
    }

    /// With a global registry that stays, an image would be looked for there and not where it was moved.
    private func checkRegistry(
        _ shape: ImageShape, _ image: ImageName, _ oldRegistry: String?, _ editor: DocumentEditor
    ) throws(Fault) {
        guard let registry = globalRegistry ?? oldRegistry, shape.hasRegistry,
            registry != image.registry ?? ImageName.hub
        else { return }
        throw Fault(
            .conflict,
            "\(editor.place(shape.match)): global.imageRegistry is “\(registry)”, so \(image) would not be used",
            fix: "set 'globalRegistry' to the registry that all images are in, or to an empty text")
    }

    private func writeGlobalRegistry(_ editor: inout DocumentEditor) throws(Fault) {
        guard let globalRegistry else { return }
        let path = ValuePath(keys: ["global", "imageRegistry"])
        if let match = try editor.matches(path).first {
            try editor.set(match, to: .string(globalRegistry))
        } else if !globalRegistry.isEmpty {
            try editor.create(path, value: .string(globalRegistry), in: nil)
        }
    }
}

extension [ImageShape] {
    /// Without each text `image` that is a part of the shape around it.
    fileprivate func droppingParts() -> [ImageShape] {
        let wholes = Set(filter { $0.match.value.object != nil }.map(\.match.pointer))
        return filter { shape in
            let parts = shape.match.pointer.parts
            return parts.last != "image" || shape.match.value.object != nil
                || !wholes.contains(JSONPointer([String](parts.dropLast())))
        }
    }
}
