// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

extension JSONPatch {
    /// A document with all operations applied.
    ///
    /// Throws `.patchInapplicable` when a place is missing, `.patchTestFailed` when a test fails, `.limitExceeded` when
    /// copies make more than `maximumCopiedBytes` or the document would be deeper than `maximumDepth`; the message names
    /// the operation by position and path. Values are never shown.
    public func applied(to document: JSON) throws(Fault) -> JSON {
        var run = Run(document, dialect)
        for (index, operation) in operations.enumerated() {
            do throws(Fault) {
                try run.apply(operation)
            } catch {
                let path = operation.path.description.prefix(200)
                throw error.during("operation \(index) of the JSON patch (\(operation.kind.rawValue) “\(path)”)")
            }
        }
        return run.document.json
    }

    private struct Run {
        var document: PatchDocument
        let dialect: Dialect
        var copied = 0
        var visits = 0

        init(_ json: JSON, _ dialect: Dialect) { (document, self.dialect) = (PatchDocument(json), dialect) }

        mutating func apply(_ operation: Operation) throws(Fault) {
            switch operation.kind {
            case .add: try add(try deepEnough(PatchDocument(operation.value), operation.path), at: operation.path)
            case .remove: _ = try remove(at: operation.path)
            case .replace:
                try replace(
                    with: try deepEnough(PatchDocument(operation.value), operation.path), at: operation.path)
            case .move: try move(operation)
            case .copy: try copy(operation)
            case .test: try test(operation)
            }
        }

        private mutating func move(_ operation: Operation) throws(Fault) {
            let from = operation.from.parts, to = operation.path.parts
            if dialect == .rfc6902 {
                if from == to {
                    _ = try value(at: operation.from)
                    return
                }
                guard !to.starts(with: from) else {
                    throw inapplicable("“\(operation.from.description.prefix(200))” cannot move into itself")
                }
            }
            let value = try deepEnough(try remove(at: operation.from), operation.path)
            try add(value, at: operation.path)
        }

        private mutating func copy(_ operation: Operation) throws(Fault) {
            guard dialect == .rfc6902 || !operation.from.parts.isEmpty else {
                throw inapplicable("the document as a whole cannot be copied")
            }
            let json: JSON
            do throws(Fault) {
                json = try value(at: operation.from).json
            } catch {
                // Where a member is missing, the API server copies null.
                guard dialect == .kubernetes, isMissingMember(operation.from) else { throw error }
                json = .null
            }
            copied += json.encoded().count
            guard copied <= maximumCopiedBytes else {
                throw Fault(.limitExceeded, "the copies of the patch make more than \(maximumCopiedBytes) bytes")
            }
            try add(try deepEnough(PatchDocument(json), operation.path), at: operation.path)
        }

        private func test(_ operation: Operation) throws(Fault) {
            let isSame: Bool
            do throws(Fault) {
                isSame = try value(at: operation.path).isSameValue(as: operation.value)
            } catch {
                guard dialect == .kubernetes, isMissingMember(operation.path) else { throw error }
                isSame = operation.value == .null
            }
            guard isSame else {
                throw Fault(
                    .patchTestFailed, "the value is not the one tested for",
                    fix: "read the object again and make the patch anew")
            }
        }

        /// Refuses a value that would make the document too deep.
        private mutating func deepEnough(_ value: PatchDocument, _ path: JSONPointer) throws(Fault) -> PatchDocument {
            let depth = value.depth(&visits)
            guard visits <= maximumVisits else {
                throw Fault(.limitExceeded, "the patch adds, moves and copies more than \(maximumVisits) values")
            }
            guard path.parts.count + depth <= maximumDepth else {
                throw Fault(.limitExceeded, "the document would be deeper than \(maximumDepth) levels")
            }
            return value
        }

        private mutating func add(_ value: PatchDocument, at path: JSONPointer) throws(Fault) {
            guard let (parent, name) = try parent(of: path) else {
                guard dialect == .rfc6902 else { throw inapplicable("the document as a whole can only be replaced") }
                return document = value
            }
            try reach(path) { () throws(PatchDocument.Miss) in try parent.add(value, as: name, dialect) }
        }

        private mutating func replace(with value: PatchDocument, at path: JSONPointer) throws(Fault) {
            guard let (parent, name) = try parent(of: path) else { return document = value }
            try reach(path) { () throws(PatchDocument.Miss) in try parent.replace(name, with: value, dialect) }
        }

        private mutating func remove(at path: JSONPointer) throws(Fault) -> PatchDocument {
            guard let (parent, name) = try parent(of: path) else {
                throw inapplicable("the document as a whole cannot be removed")
            }
            return try reach(path) { () throws(PatchDocument.Miss) in try parent.remove(name, dialect) }
        }

        private func value(at path: JSONPointer) throws(Fault) -> PatchDocument {
            guard let (parent, name) = try parent(of: path) else { return document }
            return try reach(path) { () throws(PatchDocument.Miss) in try parent.part(name, dialect) }
        }

        /// Whether only the last step of a path leads nowhere, and from an object.
        private func isMissingMember(_ path: JSONPointer) -> Bool {
            guard let (parent, name) = try? parent(of: path) else { return false }
            do throws(PatchDocument.Miss) {
                _ = try parent.part(name, dialect)
                return false
            } catch {
                return error == .noMember
            }
        }

        /// What holds the value of a path, and its name there; nil for the document itself.
        private func parent(of path: JSONPointer) throws(Fault) -> (PatchDocument, String)? {
            guard let name = path.parts.last else { return nil }
            var value = document
            for part in path.parts.dropLast() {
                value = try reach(path) { () throws(PatchDocument.Miss) in try value.part(part, dialect) }
            }
            return (value, name)
        }

        private func reach<Result>(
            _ path: JSONPointer, _ body: () throws(PatchDocument.Miss) -> Result
        ) throws(Fault) -> Result {
            do throws(PatchDocument.Miss) {
                return try body()
            } catch {
                let problem =
                    switch error {
                    case .noContainer: "leads into what is no object and no array"
                    case .noMember: "does not exist"
                    case .noPosition: "has no such position in an array"
                    }
                throw inapplicable("“\(path.description.prefix(200))” \(problem)")
            }
        }

        private func inapplicable(_ problem: String) -> Fault {
            Fault(.patchInapplicable, problem, fix: "read the object and make the patch for what it holds")
        }
    }
}
