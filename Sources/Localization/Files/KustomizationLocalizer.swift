// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// Changes the `images` of kustomization files, and adds those that are missing.
///
/// An entry is found by its `name`, as kustomize compares it with manifests: without tag and digest. `newTag` and
/// `digest` are replaced when the new reference has one of them, and kept when it has neither.
public struct KustomizationLocalizer: FileLocalizer {
    private let rules: [(from: ImageName, to: ImageName)]
    private let isAdding: Bool
    private let images: ImageReplacements
    public let defaultFiles = PathPattern.known(
        "**/kustomization.yaml", "**/kustomization.yml", "**/Kustomization")

    /// Replaces these images.
    ///
    /// - Parameter isAdding: whether an entry is made where there is none; else a rule without entry is a mistake.
    /// - Throws: `unsupported` for rules below a path, since kustomize names each image, and for those with tag or digest.
    public init(_ images: ImageReplacements, isAdding: Bool = true) throws(Fault) {
        var rules: [(from: ImageName, to: ImageName)] = []
        for (index, rule) in images.rules.enumerated() {
            let from = images.isPrefix(index) ? nil : try ImageName(reading: rule.from)
            guard let from, from.tag == nil, from.digest == nil else {
                throw Fault(
                    .unsupported, "“\(rule.from)” cannot be in a kustomization, which names each image without its tag",
                    fix: "write one rule for each image")
            }
            rules.append((from, try ImageName(reading: rule.to)))
        }
        (self.rules, self.isAdding, self.images) = (rules, isAdding, images)
    }

    public func localize(_ editor: inout DocumentEditor) throws(Fault) -> Set<Int> {
        guard editor.trees.count <= 1 else {
            throw Fault(.invalid, "\(editor.source) holds several documents where one kustomization is expected")
        }
        let root = editor.values.first ?? [:]
        if let kind = root["kind"]?.string, kind != "Kustomization" && kind != "Component" {
            throw Fault(
                .invalid, "\(editor.source) is a \(kind), not a Kustomization", fix: "choose the file with 'file'")
        }
        var used: Set<Int> = []
        for (index, rule) in rules.enumerated() {
            let entries = (root["images"]?.array ?? []).enumerated().filter { _, entry in
                entry["name"]?.string.flatMap { ImageName($0) }?.place == rule.from.place
            }
            for (position, entry) in entries {
                try change(entry, at: ["images", String(position)], to: rule.to, &editor)
                used.insert(index)
            }
            if entries.isEmpty && isAdding {
                try add(rule, &editor)
                used.insert(index)
            }
        }
        return used
    }

    public func check(used: Set<Int>) throws(Fault) { try images.check(used: used) }

    private func change(
        _ entry: JSON, at pointer: [String], to image: ImageName, _ editor: inout DocumentEditor
    ) throws(Fault) {
        try write("newName", image.name, entry, pointer, &editor)
        guard image.tag != nil || image.digest != nil else { return }
        // kustomize takes an empty text for none.
        try write("newTag", image.tag, entry, pointer, &editor)
        try write("digest", image.digest, entry, pointer, &editor)
        try write("tagSuffix", nil, entry, pointer, &editor)
    }

    private func write(
        _ key: String, _ text: String?, _ entry: JSON, _ pointer: [String], _ editor: inout DocumentEditor
    ) throws(Fault) {
        if let present = entry[key] {
            guard present.string != text ?? "" else { return }
            let path = ValuePath(joined: [.key(pointer[0]), .index(Int(pointer[1]) ?? 0), .key(key)])
            for match in try editor.matches(path) { try editor.set(match, to: .string(text ?? "")) }
        } else if let text {
            try editor.create([key], value: .string(text), in: 0, under: JSONPointer(pointer))
        }
    }

    private func add(_ rule: (from: ImageName, to: ImageName), _ editor: inout DocumentEditor) throws(Fault) {
        var entry: JSONObject = ["name": .string(rule.from.name), "newName": .string(rule.to.name)]
        if let tag = rule.to.tag { entry["newTag"] = .string(tag) }
        if let digest = rule.to.digest { entry["digest"] = .string(digest) }
        if editor.values.first?["images"] == nil {
            try editor.create(["images"], value: [.object(entry)], in: 0, under: JSONPointer())
        } else {
            try editor.append(.object(entry), in: 0, at: JSONPointer(["images"]))
        }
    }
}
