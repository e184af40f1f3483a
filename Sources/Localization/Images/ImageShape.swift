// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// How values of a chart describe an image: a mapping with `repository` or `image`, maybe `registry`, `tag` and
/// `digest` (or `sha`), or one text.
struct ImageShape {
    /// Where it is.
    let match: ValueMatch
    /// The member that holds the repository; nil for a text.
    private let nameKey: String?
    /// The member that holds the digest.
    private let digestKey: String?
    /// The image as the shape alone says it.
    let image: ImageName
    /// Whether there is a member for the registry, which `global.imageRegistry` of many charts goes before.
    var hasRegistry: Bool { nameKey != nil && match.value["registry"] != nil }

    /// Nil when the value does not describe an image.
    init?(_ match: ValueMatch) {
        self.match = match
        if let text = match.value.string {
            guard let image = ImageName(text) else { return nil }
            (nameKey, digestKey, self.image) = (nil, nil, image)
            return
        }
        let value = match.value
        func text(_ key: String) -> String? {
            guard let text = value[key]?.string ?? value[key]?.numberText, !text.isEmpty else { return nil }
            return text
        }
        let hasParts = ["registry", "tag", "digest", "sha"].contains { value[$0] != nil }
        let nameKey = text("repository") != nil ? "repository" : text("image") != nil && hasParts ? "image" : nil
        guard let nameKey, let name = text(nameKey) else { return nil }
        self.nameKey = nameKey
        digestKey = ["digest", "sha"].first { value[$0] != nil }
        // The name may be a whole reference.
        guard var image = ImageName(text("registry").map { "\($0)/\(name)" } ?? name) else { return nil }
        if image.tag == nil, image.digest == nil {
            let parts = text("tag")?.split(separator: "@", maxSplits: 1).map { String($0) } ?? []
            image.tag = parts.first
            image.digest = parts.count > 1 ? parts[1] : nil
            if let digest = digestKey.flatMap(text) {
                image.digest = digestKey == "sha" && !digest.hasPrefix("sha256:") ? "sha256:\(digest)" : digest
            }
        }
        self.image = image
    }

    /// Writes another image into the shape.
    func write(_ new: ImageName, into editor: inout DocumentEditor) throws(Fault) {
        guard let nameKey else { return try editor.set(match, to: .string(new.description)) }
        let value = match.value
        // What the name itself holds goes there again; other readers of the chart know no other place.
        let name = value[nameKey]?.string.flatMap { ImageName($0) }
        if name?.tag != nil || name?.digest != nil {
            let text =
                hasRegistry ? String(new.description.dropFirst(new.registry.map { $0.utf8.count + 1 } ?? 0)) : nil
            try put(nameKey, text ?? new.description, &editor)
            return try putRegistry(new, &editor)
        }
        try put(nameKey, hasRegistry ? new.repository : new.name, &editor)
        try putRegistry(new, &editor)
        guard new.tag != image.tag || new.digest != image.digest else { return }
        var tag = new.tag
        if let digestKey {
            let digest = new.digest ?? ""
            try put(digestKey, digestKey == "sha" ? String(digest.drop { $0 != ":" }.dropFirst()) : digest, &editor)
            // A chart without a tag takes its own version; the digest decides anyway.
            if tag == nil { tag = image.tag }
        } else if let digest = new.digest {
            guard let known = tag ?? image.tag else {
                throw Fault(
                    .unsupported, "\(editor.place(match)): there is no place for the digest of \(new)",
                    fix: "give the new reference a tag as well, or the values a member 'digest'")
            }
            tag = "\(known)@\(digest)"
        }
        if let tag { try put("tag", tag, &editor) }
    }

    private func putRegistry(_ new: ImageName, _ editor: inout DocumentEditor) throws(Fault) {
        if hasRegistry { try put("registry", new.registry ?? ImageName.hub, &editor) }
    }

    private func put(_ key: String, _ text: String, _ editor: inout DocumentEditor) throws(Fault) {
        guard let present = match.value[key] else {
            return try editor.create([key], value: .string(text), in: match.document, under: match.pointer)
        }
        // `tag: 1.25` and `tag: "1.25"` are the same here.
        guard (present.string ?? present.numberText) != text else { return }
        let member = ValuePath(keys: [key])
        guard let match = try editor.matches(member, below: match).first else { return }
        try editor.set(match, to: .string(text))
    }
}
