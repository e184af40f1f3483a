// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import KubernetesFormats

extension ProtobufDecoder {
    /// The JSON of a simple value; nil for one that was never set.
    func scalarJSON(_ value: WireReader.Value, _ type: ScalarType) throws(Fault) -> JSON? {
        switch (type, value) {
        case (.bool, .varint(let number)): return .bool(number != 0)
        case (.int32, .varint(let number)):
            return .number(JSONNumber(Int64(Int32(truncatingIfNeeded: number))))
        case (.int64, .varint(let number)): return .number(JSONNumber(Int64(truncatingIfNeeded: number)))
        case (.double, .fixed64(let bits)): return try number(Double(bitPattern: bits))
        case (.string, .bytes(let bytes)): return .string(try Self.text(bytes))
        case (.bytes, .bytes(let bytes)): return .string(Array(bytes).base64)
        case (.bool, _), (.int32, _), (.int64, _), (.double, _), (.string, _), (.bytes, _):
            throw WireReader.damaged("a \(type.rawValue) has another wire type")
        case (_, .bytes(let bytes)): return try message(Parts(bytes), type)
        default: throw WireReader.damaged("a \(type.rawValue) is no message")
        }
    }

    /// The JSON of a type that is a small message on the wire.
    private func message(_ parts: Parts, _ type: ScalarType) throws(Fault) -> JSON? {
        switch type {
        case .quantity:
            let text = try Self.text(parts.bytes[1]?.last ?? [])
            guard let quantity = Quantity(text.isEmpty ? "0" : text) else {
                throw WireReader.damaged("“\(text.prefix(40))” is no quantity")
            }
            return .string(quantity.description)
        case .intOrString:
            if parts.numbers[1] ?? 0 == 1 { return .string(try Self.text(parts.bytes[3]?.last ?? [])) }
            return .number(JSONNumber(Int64(Int32(truncatingIfNeeded: parts.numbers[2] ?? 0))))
        case .time, .microTime: return try time(parts, type)
        case .duration:
            return .string(TimeSpan(nanoseconds: Int64(truncatingIfNeeded: parts.numbers[1] ?? 0)).goText)
        case .raw, .json, .fields: return try embedded(parts.bytes[1]?.last ?? [])
        case .extra:
            return .array(try (parts.bytes[1] ?? []).map { part throws(Fault) in .string(try Self.text(part)) })
        default: return nil
        }
    }

    private func time(_ parts: Parts, _ type: ScalarType) throws(Fault) -> JSON? {
        guard !parts.isEmpty else { return nil }
        let seconds = Int64(truncatingIfNeeded: parts.numbers[1] ?? 0)
        let nanoseconds = Int32(truncatingIfNeeded: parts.numbers[2] ?? 0)
        let fraction = type == .time ? 0 : max(0, nanoseconds)
        guard let moment = Moment(seconds: seconds, nanoseconds: fraction) else {
            throw WireReader.damaged("a moment is not between the years 1 and 9999")
        }
        return .string(type == .time ? moment.description : moment.microsecondText)
    }

    private func number(_ value: Double) throws(Fault) -> JSON {
        guard value.isFinite, let number = JSONNumber(text: goPlain(value)) else {
            throw WireReader.damaged("a number is not finite")
        }
        return .number(number)
    }

    private func embedded(_ bytes: ArraySlice<UInt8>) throws(Fault) -> JSON? {
        guard !bytes.isEmpty else { return nil }
        var accepted = DocumentLimits()
        (accepted.bytes, accepted.depth, accepted.nodes) = (limits.bytes, limits.depth, limits.values)
        do {
            return try JSON(parsing: Array(bytes), source: "JSON in the protobuf body", limits: accepted)
        } catch {
            throw Fault(wrapping: error)
        }
    }
}

extension Moment {
    /// RFC 3339 in UTC without a fraction, as Kubernetes writes its `Time`.
    var secondText: String { Moment(seconds: seconds)?.description ?? "" }

    /// RFC 3339 in UTC with six digits of fraction, as Kubernetes writes its `MicroTime`.
    var microsecondText: String {
        guard let whole = Moment(seconds: seconds) else { return "" }
        let digits = String(nanoseconds / 1000)
        return whole.description.dropLast() + "." + String(repeating: "0", count: 6 - digits.utf8.count) + digits + "Z"
    }
}

/// The fields of a small message.
private struct Parts {
    var numbers: [Int: UInt64] = [:]
    var bytes: [Int: [ArraySlice<UInt8>]] = [:]
    var isEmpty: Bool { numbers.isEmpty && bytes.isEmpty }

    init(_ content: ArraySlice<UInt8>) throws(Fault) {
        var reader = WireReader(content)
        while let (number, value) = try reader.next() {
            switch value {
            case .varint(let value): numbers[number] = value
            case .bytes(let value): bytes[number, default: []].append(value)
            default: break
            }
        }
    }
}
