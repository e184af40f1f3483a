// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CYAML

/// What libyaml reports, without its pointers.
enum YAMLEvent {
    case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
    case alias(String)
    case scalar(text: String, isPlain: Bool, tag: String?, anchor: String?)
    case sequenceStart(anchor: String?)
    case mappingStart(anchor: String?)
}

/// Reads a text as a sequence of YAML events; owns libyaml's parser.
@safe struct YAMLEventReader: ~Copyable {
    // The parser keeps a pointer to itself and to the input, so both stay where they are until the end.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let source: String

    init(_ bytes: [UInt8], source: String) throws(Fault) {
        self.source = source
        unsafe parser = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: max(bytes.count, 1))
        _ = unsafe input.initialize(from: bytes)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            unsafe input.deallocate()
            throw Fault(.system, "libyaml has no memory to read \(source)")
        }
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event and where it starts. Throws with line and column when the text is no YAML.
    mutating func next() throws(Fault) -> (YAMLEvent, SourcePosition) {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&event) }
        let mark = unsafe event.start_mark
        let position = SourcePosition(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return (.streamStart, position)
        case YAML_STREAM_END_EVENT: return (.streamEnd, position)
        case YAML_DOCUMENT_START_EVENT: return (.documentStart, position)
        case YAML_DOCUMENT_END_EVENT: return (.documentEnd, position)
        case YAML_SEQUENCE_END_EVENT: return (.sequenceEnd, position)
        case YAML_MAPPING_END_EVENT: return (.mappingEnd, position)
        case YAML_ALIAS_EVENT: return (.alias(unsafe Self.text(event.data.alias.anchor) ?? ""), position)
        case YAML_SEQUENCE_START_EVENT:
            return (.sequenceStart(anchor: unsafe Self.text(event.data.sequence_start.anchor)), position)
        case YAML_MAPPING_START_EVENT:
            return (.mappingStart(anchor: unsafe Self.text(event.data.mapping_start.anchor)), position)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let text = unsafe String(decoding: bytes, as: UTF8.self)
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            return (
                .scalar(
                    text: text, isPlain: isPlain, tag: unsafe Self.text(scalar.tag), anchor: unsafe Self.text(scalar.anchor)
                ), position
            )
        default: throw Fault(.internal, "\(source):\(position): libyaml reported an unknown event")
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(cString: pointer)
    }

    private func failure() -> Fault {
        let mark = unsafe parser.pointee.problem_mark
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "the text is no YAML"
        let position = SourcePosition(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
        let isIndentation = problem.contains("block") || problem.contains("mapping") || problem.contains("tab")
        return Fault(
            .invalid, "\(source):\(position): \(problem)",
            fix: isIndentation ? "check the indentation of this line and the one above" : "check the quoting near this place")
    }
}
