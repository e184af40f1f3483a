// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CYAML

/// What libyaml reports, without its pointers.
enum YAMLEvent {
    case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
    case alias(String)
    case scalar(text: String, isPlain: Bool, tag: String?, anchor: String?)
    case sequenceStart(tag: String?, anchor: String?)
    case mappingStart(tag: String?, anchor: String?)

    /// The name by which aliases refer to the value.
    var anchor: String? {
        switch self {
        case .scalar(_, _, _, let anchor), .sequenceStart(_, let anchor), .mappingStart(_, let anchor): anchor
        default: nil
        }
    }
}

/// Reads a text as a sequence of YAML events; owns libyaml's parser.
@safe struct YAMLEventReader: ~Copyable {
    // The parser keeps pointers to itself and to the input, so both stay where they are until the end.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let source: String

    /// The text must be valid UTF-8 without a byte order mark: libyaml would count that as a column.
    init(_ bytes: Span<UInt8>, source: String) throws(Fault) {
        self.source = source
        unsafe parser = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: max(bytes.count, 1))
        for index in bytes.indices { unsafe input.initializeElement(at: index, to: bytes[index]) }
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            unsafe input.deallocate()
            throw Fault(.system, "there is no memory to read \(source)")
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
    mutating func next() throws(Fault) -> (event: YAMLEvent, position: SourcePosition) {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else {
            throw unsafe YAMLProblem(parser.pointee).fault(source, unsafe input.span)
        }
        defer { unsafe yaml_event_delete(&event) }
        return (unsafe Self.event(event), SourcePosition(unsafe event.start_mark))
    }

    /// The next event with the characters it consists of and how it is written.
    mutating func nextWithExtent() throws(Fault) -> (event: YAMLEvent, extent: YAMLExtent) {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else {
            throw unsafe YAMLProblem(parser.pointee).fault(source, unsafe input.span)
        }
        defer { unsafe yaml_event_delete(&event) }
        return (unsafe Self.event(event), unsafe YAMLExtent(event))
    }

    private static func event(_ event: yaml_event_t) -> YAMLEvent {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias(unsafe text(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return unsafe .sequenceStart(tag: text(start.tag), anchor: text(start.anchor))
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return unsafe .mappingStart(tag: text(start.tag), anchor: text(start.anchor))
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return unsafe .scalar(
                text: String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE,
                tag: text(scalar.tag), anchor: text(scalar.anchor))
        default: return .streamEnd
        }
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(cString: pointer)
    }
}

extension SourcePosition {
    /// libyaml counts from 0, columns in Unicode scalars.
    init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}

/// Which characters of the text an event consists of, and how they are written.
struct YAMLExtent {
    /// Offsets in Unicode scalars, which is what libyaml counts. Anchor and tag of a value are within.
    let scalars: Range<Int>
    /// How a scalar is written.
    let style: ScalarStyle
    /// Whether a collection is written in brackets.
    let isFlow: Bool

    init(_ event: yaml_event_t) {
        let (start, end) = unsafe (Int(event.start_mark.index), Int(event.end_mark.index))
        scalars = start..<max(start, end)
        isFlow =
            switch unsafe event.type {
            case YAML_SEQUENCE_START_EVENT: unsafe event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
            case YAML_MAPPING_START_EVENT: unsafe event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
            default: false
            }
        guard unsafe event.type == YAML_SCALAR_EVENT else {
            style = .plain
            return
        }
        style =
            switch unsafe event.data.scalar.style {
            case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
            case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
            case YAML_LITERAL_SCALAR_STYLE: .literal
            case YAML_FOLDED_SCALAR_STYLE: .folded
            default: .plain
            }
    }
}
