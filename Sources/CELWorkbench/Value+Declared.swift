// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL
internal import Chronology

extension Value {
    /// A value of a document as a value of a type that was declared for it: a string becomes a timestamp, a duration or
    /// (from base64) bytes, a number one of another type that holds it. Nil when it cannot be of that type.
    public func read(as type: CELType) -> Value? {
        switch (type, self) {
        case (.timestamp, .string(let text)): return Moment(rfc3339: text).map { .timestamp($0) }
        case (.duration, .string(let text)): return TimeSpan(go: text).map { .duration($0) }
        case (.bytes, .string(let text)): return [UInt8](base64: text).map { .bytes($0) }
        case (.uint, .int(let number)): return UInt64(exactly: number).map { .uint($0) }
        case (.double, .int(let number)): return .double(Double(number))
        case (.double, .uint(let number)): return .double(Double(number))
        case (.int, .double(let number)): return Int64(exactly: number).map { .int($0) }
        case (.uint, .double(let number)): return UInt64(exactly: number).map { .uint($0) }
        case (.list(let element), .list(let list)):
            guard element != .dyn else { return self }
            var values: [Value] = []
            for value in list {
                guard let value = value.read(as: element) else { return nil }
                values.append(value)
            }
            return .list(values)
        case (.map(let key, let value), .map(let map)):
            guard key != .dyn || value != .dyn else { return self }
            var entries: [(key: Value, value: Value)] = []
            for entry in map.entries {
                guard let key = entry.key.read(as: key), let value = entry.value.read(as: value) else { return nil }
                entries.append((key, value))
            }
            return .map(MapValue(entries))
        case (.object(let object), .map(let map)):
            var entries: [(key: Value, value: Value)] = []
            for entry in map.entries {
                guard case .string(let name) = entry.key, let field = object.fields[name] else {
                    entries.append(entry)
                    continue
                }
                // A schema is not checked here: what is not of its type stays as it is.
                entries.append((entry.key, entry.value.read(as: field) ?? entry.value))
            }
            return .map(MapValue(entries))
        case (.optional, .optional): return self
        case (.optional, .null): return Value.none
        case (.optional(let inner), _): return read(as: inner).map { .some($0) }
        case (.nullable, .null), (.dyn, _), (.parameter, _): return self
        case (.nullable(let inner), _): return read(as: inner)
        default:
            // Not `? self : nil`, which would be the value null.
            guard type.name == typeName else { return nil }
            return self
        }
    }
}
