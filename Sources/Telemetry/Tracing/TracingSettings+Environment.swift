// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Web

extension TracingSettings {
    /// Settings as OpenTelemetry's environment variables give them (opentelemetry.io, “Environment Variable
    /// Specification” and “OTLP Exporter Configuration”); an empty variable counts as none.
    ///
    /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` as it is, else `OTEL_EXPORTER_OTLP_ENDPOINT` with `/v1/traces` behind it;
    /// `OTEL_EXPORTER_OTLP_TRACES_HEADERS`, else `OTEL_EXPORTER_OTLP_HEADERS`; `OTEL_SERVICE_NAME`,
    /// `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`. Nothing is traced without an
    /// endpoint, with `OTEL_SDK_DISABLED=true` and with `OTEL_TRACES_EXPORTER=none`. Throws `.invalid` for what cannot be
    /// read and `.unsupported` for a protocol other than `http/json`, never quoting a field's value.
    public init(environment: Environment, serviceName: String? = nil, serviceVersion: String? = nil) throws(Fault) {
        self.init()
        func variable(_ names: String...) -> (name: String, value: String)? {
            for name in names {
                if let value = environment[name]?.trimmed, !value.isEmpty { return (name, value) }
            }
            return nil
        }
        self.serviceVersion = serviceVersion
        if let serviceName { self.serviceName = serviceName }
        if let list = variable("OTEL_RESOURCE_ATTRIBUTES") {
            for (name, value) in try Self.pairs(list.value, list.name) { resource[name] = .string(value) }
        }
        if let name = resource["service.name"]?.string { self.serviceName = name }
        if let version = resource["service.version"]?.string { self.serviceVersion = version }
        (resource["service.name"], resource["service.version"]) = (nil, nil)
        if let name = variable("OTEL_SERVICE_NAME") { self.serviceName = name.value }

        if variable("OTEL_SDK_DISABLED")?.value.lowercased() == "true" { return }
        if variable("OTEL_TRACES_EXPORTER")?.value.lowercased() == "none" { return }
        if let url = variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            endpoint = try Self.url(url.value, url.name)
        } else if let url = variable("OTEL_EXPORTER_OTLP_ENDPOINT") {
            let base = try Self.url(url.value, url.name).redacted
            endpoint = try Self.url(base + (base.hasSuffix("/") ? "v1/traces" : "/v1/traces"), url.name)
        }
        guard endpoint != nil else { return }
        if let spoken = variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"),
            spoken.value != "http/json"
        {
            throw Fault(
                .unsupported, "\(spoken.name) is \(LogText.excerpt(spoken.value)), but traces are sent as http/json",
                fix: "unset it or set http/json, and name the collector's port for HTTP, usually 4318")
        }
        if let list = variable("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS") {
            for (name, value) in try Self.pairs(list.value, list.name) {
                guard HTTPToken.isValid(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                    throw Fault(.invalid, "\(list.name) holds what is no header field")
                }
                headers[name] = value
            }
        }
        if let name = variable("OTEL_TRACES_SAMPLER") {
            sampler = try Self.sampler(name.value, ratio: variable("OTEL_TRACES_SAMPLER_ARG")?.value)
        }
    }

    private static func url(_ text: String, _ variable: String) throws(Fault) -> HTTPURL {
        do throws(Fault) { return try HTTPURL(text) } catch { throw error.during(variable) }
    }

    private static func sampler(_ name: String, ratio: String?) throws(Fault) -> TraceSampler {
        let followsParent = name.hasPrefix("parentbased_")
        switch followsParent ? String(name.dropFirst("parentbased_".count)) : name {
        case "always_on": return TraceSampler(ratio: 1, followsParent: followsParent)
        case "always_off": return TraceSampler(ratio: 0, followsParent: followsParent)
        case "traceidratio":
            guard let value = Double(ratio ?? "1"), (0...1).contains(value) else {
                throw Fault(.invalid, "OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1")
            }
            return TraceSampler(ratio: value, followsParent: followsParent)
        default:
            throw Fault(
                .invalid, "OTEL_TRACES_SAMPLER is \(LogText.excerpt(name)), which is no sampler we know",
                fix: "use always_on, always_off or traceidratio, also with parentbased_ before it")
        }
    }

    /// `name=value,name=value` with percent-encoded values (W3C Baggage).
    private static func pairs(_ text: String, _ variable: String) throws(Fault) -> [(String, String)] {
        var pairs: [(String, String)] = []
        for part in text.split(separator: ",") where !String(part).trimmed.isEmpty {
            guard let equals = part.firstIndex(of: "="),
                let value = decoded(String(part[part.index(after: equals)...]).trimmed)
            else { throw Fault(.invalid, "\(variable) is no list of name=value with , between them") }
            let name = String(part[..<equals]).trimmed
            guard !name.isEmpty else { throw Fault(.invalid, "\(variable) holds a value without a name") }
            pairs.append((name, value))
        }
        return pairs
    }

    /// Percent escapes decoded; nil for a broken one and for what is no UTF-8 then.
    private static func decoded(_ text: String) -> String? {
        var rest = Array(text.utf8)[...]
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }
            guard digits.count == 2, let value = hexadecimal(digits[...]) else { return nil }
            bytes.append(UInt8(value))
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension LogText {
    /// The beginning of a text from outside, for a message.
    static func excerpt(_ text: String) -> String {
        var bytes: [UInt8] = []
        append(text, into: &bytes, limit: 40)
        return "“\(String(decoding: bytes, as: UTF8.self))”"
    }
}
