// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Writes a value in place of another, in its style where that can hold it.
struct ScalarWriter {
    private let bytes: [UInt8]
    private let lines: LineScanner

    init(bytes: [UInt8]) { (self.bytes, lines) = (bytes, LineScanner(bytes: bytes)) }

    func edits(of index: Int, in tree: SourceTree, to value: JSON) throws(Fault) -> [ByteEdit] {
        let node = tree.nodes[index]
        if tree.isJSON { return [ByteEdit(node.range, String(decoding: value.encoded(), as: UTF8.self))] }
        switch node.kind {
        case .scalar(.literal), .scalar(.folded): return blockEdits(node, to: value)
        case .scalar(let style):
            let text = YAML.scalar(value, as: style, isInFlow: node.isInFlow)
            // What is not written starts right behind the colon, the dash or the anchor.
            let isTight = node.range.isEmpty && node.range.lowerBound > 0 && bytes[node.range.lowerBound - 1] > 0x20
            return [ByteEdit(node.range, isTight ? " " + text : text)]
        case .alias: return [ByteEdit(node.range, YAML.scalar(value, isInFlow: node.isInFlow))]
        case .sequence, .mapping: throw Fault(.internal, "a collection was to be written over with a value")
        }
    }

    /// Behind the sign `|` or `>` a comment may stand, which stays; the lines of the content go.
    private func blockEdits(_ node: SourceNode, to value: JSON) -> [ByteEdit] {
        var header = node.range.lowerBound
        while header < node.range.upperBound, bytes[header] > 0x20 { header += 1 }
        let content = lines.nextLine(from: header)
        let end = max(content, lines.withoutBlankLines(before: node.range.upperBound, downTo: content))
        let sign = node.range.lowerBound..<header
        if case .scalar(.literal) = node.kind, content < end, let text = value.string,
            let (indicator, newLines) = YAML.literalLines(text)
        {
            var first = content
            while first < end, bytes[first] == 0x20 || LineScanner.isBreak(bytes[first]) { first += 1 }
            let indentation = String(repeating: " ", count: first - lines.start(of: first))
            let text = newLines.map { ($0.isEmpty ? "" : indentation + $0) + lines.lineBreak }.joined()
            return [ByteEdit(sign, indicator), ByteEdit(content..<end, text)]
        }
        return [ByteEdit(sign, YAML.scalar(value)), ByteEdit(content..<end, "")]
    }
}
