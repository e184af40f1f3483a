// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// A YAML document read after its variables were filled in, with the certainty that no value changed its structure.
struct FilledDocument {
    let document: LocatedDocument
    private let text: SubstitutedText

    /// Reads all documents of a text.
    ///
    /// The text is read twice, with values and with marks in place of them. Both must have the same shape, and every
    /// text must be the marked one with its values: a value that ends a quotation, starts a comment or adds a field is
    /// refused, whatever place it stands in.
    static func read(
        _ bytes: [UInt8], source: String, values: SubstitutionValues
    ) throws(Fault) -> [FilledDocument] {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Fault(.invalid, "\(source) is not valid UTF-8", fix: "save the file as UTF-8")
        }
        let text = try Substitution.apply(values, to: bytes, source: source)
        guard !text.insertions.isEmpty else {
            return try YAML.documents(text.bytes, source: source).map { FilledDocument(document: $0, text: text) }
        }
        // Errors of the text itself come first, so that they are not blamed on a value.
        let marked = try YAML.documents(text.marked, source: source)
        let filled: [LocatedDocument]
        do { filled = try YAML.documents(text.bytes, source: source) } catch {
            throw Fault(
                .invalid, "a value changes the structure of the file: \(error.message)",
                fix: "write the variable inside double quotes, and keep quotes and backslashes out of the value")
        }
        guard filled.count == marked.count else {
            throw Fault(
                .invalid, "\(source): a value changes the number of documents",
                fix: "write the variables in double quotes")
        }
        var documents: [FilledDocument] = []
        for (whole, shape) in zip(filled, marked) {
            if let name = firstChange(shape.root, whole.root, text) {
                let place = text.insertions.first { $0.name == name }?.place
                throw Fault(
                    .invalid,
                    "\(source)\(place.map { ":\($0)" } ?? ""): the value of “\(name)” would change the structure of the file",
                    fix: "write the variable inside double quotes, and keep quotes and backslashes out of the value")
            }
            documents.append(FilledDocument(document: whole, text: text))
        }
        return documents
    }

    /// `file:line:column` in the file as it was written.
    func place(of pointer: JSONPointer) -> String {
        guard let position = document.position(of: pointer) else { return document.source }
        return "\(document.source):\(text.written(position))"
    }

    /// The variable whose value made a difference; nil when none did.
    private static func firstChange(_ shape: JSON, _ whole: JSON, _ text: SubstitutedText) -> String? {
        switch (shape, whole) {
        case (.object(let a), .object(let b)):
            guard a.count == b.count else { return blamed(shape, text) }
            for (ours, theirs) in zip(a, b) {
                guard filled(ours.key, text) == theirs.key else { return blamed(.string(ours.key), text) }
                if let name = firstChange(ours.value, theirs.value, text) { return name }
            }
            return nil
        case (.array(let a), .array(let b)):
            guard a.count == b.count else { return blamed(shape, text) }
            for (ours, theirs) in zip(a, b) {
                if let name = firstChange(ours, theirs, text) { return name }
            }
            return nil
        case (.string(let ours), .string(let theirs)): return filled(ours, text) == theirs ? nil : blamed(shape, text)
        case (.string(let ours), .number), (.string(let ours), .bool), (.string(let ours), .null):
            // A plain scalar: with its value it may be a number, as any text written there would be.
            let alone = try? YAML.document(Array(filled(ours, text).utf8), source: "a value").root
            return alone == whole ? nil : blamed(shape, text)
        default: return shape == whole ? nil : blamed(shape, text)
        }
    }

    /// A text with its marks replaced by values.
    private static func filled(_ marked: String, _ text: SubstitutedText) -> String {
        guard marked.contains(SubstitutedText.markStart) else { return marked }
        var result = ""
        var rest = marked[...]
        while let start = rest.firstIndex(of: SubstitutedText.markStart) {
            result += rest[..<start]
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: SubstitutedText.markEnd), let index = Int(rest[..<end]),
                text.insertions.indices.contains(index)
            else { return marked }
            result += text.insertions[index].value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// The first variable below a value.
    private static func blamed(_ shape: JSON, _ text: SubstitutedText) -> String {
        let encoded = shape.text()
        if let start = encoded.firstIndex(of: SubstitutedText.markStart),
            let end = encoded[start...].firstIndex(of: SubstitutedText.markEnd),
            let index = Int(encoded[encoded.index(after: start)..<end]), text.insertions.indices.contains(index)
        {
            return text.insertions[index].name
        }
        return text.insertions.first?.name ?? ""
    }
}
