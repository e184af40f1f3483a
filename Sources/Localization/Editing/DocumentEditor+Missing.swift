// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension DocumentEditor {
    /// Makes what a path leads to, in each place that its longest part with matches leads to.
    ///
    /// What is missing has to be names. Without conditions a text has to hold one document.
    mutating func create(_ path: ValuePath, value: JSON, in documents: [Int]?) throws(Fault) {
        let chosen = documents ?? Array(trees.indices)
        guard chosen.count == 1 || trees.isEmpty && documents == nil else {
            throw Fault(
                .invalid,
                "\(source): “\(path)” is in none of \(chosen.count) documents, so it is not known where to make it",
                fix: "choose the document with 'where', such as kind: Deployment")
        }
        let keys = path.trailingKeys
        for count in 1...max(1, keys.count) where count <= keys.count {
            guard let above = path.dropping(last: count) else {
                return try create(keys, value: value, in: chosen.first ?? 0, under: JSONPointer())
            }
            let matches = try matches(above, in: chosen)
            guard !matches.isEmpty else { continue }
            for match in matches {
                try create(Array(keys.suffix(count)), value: value, in: match.document, under: match.pointer)
            }
            return
        }
        throw try nothing(at: path, in: documents)
    }

    /// What is said of a path that leads nowhere: how far it leads, and what is there.
    func nothing(at path: ValuePath, in documents: [Int]?) throws(Fault) -> Fault {
        guard !trees.isEmpty else {
            return Fault(
                .notFound, "\(source) is empty, so it has no “\(path)”", fix: "let it be made with 'create: true'")
        }
        if let documents, documents.isEmpty {
            return Fault(
                .notFound, "\(source): no document is as “\(path)” wants it", fix: "check the conditions under 'where'")
        }
        for count in 1...path.segments.count {
            let above = path.dropping(last: count)
            let found = try above.map { above throws(Fault) in try matches(above, in: documents) }
            guard let first = found?.first ?? (above == nil ? rootMatch(documents) : nil) else { continue }
            let what = above.map { "“\($0)”" } ?? "the document"
            return missing(path, behind: count, first, what)
        }
        return Fault(.notFound, "\(source) has no “\(path)”")
    }

    private func rootMatch(_ documents: [Int]?) -> ValueMatch? {
        let index = documents?.first ?? 0
        return ValueMatch(
            document: index, pointer: JSONPointer(), value: trees[index].document.root, node: trees[index].root,
            reading: 0)
    }

    private func missing(_ path: ValuePath, behind count: Int, _ match: ValueMatch, _ what: String) -> Fault {
        let place = place(match)
        let keys = match.value.object?.keys ?? []
        let segment = path.segments[path.segments.count - count]
        if case .key(let wanted) = segment, !keys.isEmpty {
            let near = Spelling.nearest(to: wanted, among: keys)
            let some = keys.prefix(8).map { "“\($0.prefix(60))”" }.joined(separator: ", ")
            return Fault(
                .notFound, "\(place): there is no “\(path)”: \(what) has no “\(wanted)”",
                fix: near.map { "did you mean “\($0)”?" } ?? "it has \(some)\(keys.count > 8 ? ", …" : "")")
        }
        let kind =
            switch match.value {
            case .array(let items): "a list of \(items.count)"
            case .object: "a mapping"
            default: "a \(match.value.kindName)"
            }
        return Fault(.notFound, "\(place): there is no “\(path)”: \(what) is \(kind)", fix: "correct the path")
    }
}
