// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Reads and writes YAML as the Kubernetes tools do (sigs.k8s.io/yaml): a text whose values are JSON values.
///
/// Plain scalars follow YAML 1.1 as go-yaml v2 reads it: `yes`, `on` and `y` are `true`, `0o17`, `017` and `0x1F` are
/// integers, dates stay strings; what is quoted is a string. JSON is YAML too.
public enum YAML {
    /// All documents of a text; one without content, as behind a last `---`, is left out.
    ///
    /// Duplicate keys are refused; aliases are expanded within the limits.
    public static func documents(
        _ bytes: [UInt8], source: String, limits: DocumentLimits = .standard
    ) throws(Fault) -> [LocatedDocument] {
        let span = bytes.span
        try limits.check(size: span.count, of: source)
        try TextEncoding.check(span, source: source)
        if let document = json(span, source: source, limits: limits) { return [document] }
        let skipped = TextEncoding.hasByteOrderMark(span) ? 3 : 0
        let reader = try YAMLEventReader(span.extracting(droppingFirst: skipped), source: source)
        var composer = YAMLComposer(reader: reader, source: source, limits: limits)
        return try composer.documents()
    }

    /// The one document of a text; a text without content is `null`.
    public static func document(
        _ bytes: [UInt8], source: String, limits: DocumentLimits = .standard
    ) throws(Fault) -> LocatedDocument {
        let documents = try documents(bytes, source: source, limits: limits)
        guard documents.count <= 1 else {
            throw Fault(
                .invalid, "\(documents[1].place(of: JSONPointer())): a second document starts where one is expected",
                fix: "split the file at “---”")
        }
        return documents.first ?? LocatedDocument(root: .null, source: source, marks: [])
    }

    /// A text that is JSON, read as JSON: libyaml refuses surrogate pairs, long keys and some characters that JSON
    /// allows, and takes longer. Nil for all else, which YAML may still read and otherwise explains better.
    private static func json(_ bytes: Span<UInt8>, source: String, limits: DocumentLimits) -> LocatedDocument? {
        guard let (root, starts) = located(bytes, source: source, limits: limits) else { return nil }
        var lines = LineCounter()
        let marks = starts.map { start in
            var mark = PositionMark(lines.position(of: start.offset, in: bytes))
            mark.size = UInt32(clamping: start.size)
            return mark
        }
        return LocatedDocument(root: root, source: source, marks: marks)
    }

    /// The value of a text that is JSON, and the places of all values in it.
    static func located(
        _ bytes: Span<UInt8>, source: String, limits: DocumentLimits
    ) -> (root: JSON, starts: [(offset: Int, size: Int, range: Range<Int>)])? {
        var first = 0
        while first < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[first]) { first += 1 }
        guard first < bytes.count, [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(bytes[first]) else { return nil }
        var parser = JSONParser(source: source, limits: limits, isLocating: true)
        guard let root = try? parser.document(bytes) else { return nil }
        return (root, parser.starts)
    }
}
