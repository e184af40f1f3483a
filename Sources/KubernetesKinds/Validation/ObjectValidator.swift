// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesFormats
internal import Web

/// Collects what is wrong with an object.
struct ObjectValidator {
    private(set) var problems: [FieldError] = []

    mutating func add(_ problem: FieldError) { problems.append(problem) }

    mutating func required(_ place: FieldPlace, _ detail: String = "") { add(FieldError(.required, place, detail)) }

    mutating func invalid(_ place: FieldPlace, _ value: JSON?, _ detail: String) {
        add(FieldError(.invalid, place, value: value ?? "", detail))
    }

    mutating func forbidden(_ place: FieldPlace, _ detail: String) { add(FieldError(.forbidden, place, detail)) }

    mutating func duplicate(_ place: FieldPlace, _ value: JSON) { add(FieldError(.duplicate, place, value: value)) }

    mutating func notSupported(_ place: FieldPlace, _ value: String, _ supported: [String]) {
        let list = supported.sorted(by: LabelText.precedes).map(ValueText.quoted).joined(separator: ", ")
        add(FieldError(.notSupported, place, value: .string(value), "supported values: \(list)"))
    }

    /// A text that must be there.
    mutating func needs(_ object: JSON, _ key: String, _ place: FieldPlace, _ detail: String = "") {
        if object.text(key).isEmpty { required(place[key], detail) }
    }

    /// A text that must be there, in a form.
    mutating func name(_ object: JSON, _ place: FieldPlace, _ format: NamedFormat = .dns1123Label) {
        let text = object.text("name")
        guard !text.isEmpty else { return required(place["name"]) }
        formed(text, format, place["name"])
    }

    mutating func formed(_ text: String, _ format: NamedFormat, _ place: FieldPlace) {
        for problem in format.validate(text) { invalid(place, .string(text), problem) }
    }

    /// Numbers that must not be negative.
    mutating func notNegative(_ object: JSON, _ keys: [String], _ place: FieldPlace) {
        for key in keys {
            guard let number = object.number(key), number < 0 else { continue }
            invalid(place[key], .integer(number), "must be greater than or equal to 0")
        }
    }

    /// A number between 1 and 65535.
    mutating func port(_ number: Int64, _ place: FieldPlace) {
        guard !(1...65_535).contains(number) else { return }
        invalid(place, .integer(number), "must be between 1 and 65535, inclusive")
    }

    /// A number of a port or the name of one.
    mutating func portOrName(_ value: JSON?, _ place: FieldPlace) {
        switch value {
        case .number(let number)?: port(number.int64 ?? 0, place)
        case .string(let name)?:
            for problem in PortName.problems(name) { invalid(place, .string(name), problem) }
        default: break
        }
    }

    /// A number or percentage, as budgets and strategies have them.
    mutating func countOrPercent(_ value: JSON?, _ place: FieldPlace) {
        switch value {
        case .number(let number)?:
            if (number.int64 ?? 0) < 0 { invalid(place, value, "must be greater than or equal to 0") }
        case .string(let text)?:
            let digits = text.utf8.dropLast()
            guard text.utf8.last == UInt8(ascii: "%"), !digits.isEmpty,
                digits.allSatisfy({ (0x30...0x39).contains($0) })
            else {
                return invalid(
                    place, value,
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
                        + "regex used for validation is '[0-9]+%')")
            }
        default: break
        }
    }

    /// Whether a text is an address.
    static func isAddress(_ text: String) -> Bool { IPAddress(text) != nil }

    /// Fields that stay as they were.
    mutating func immutable(_ key: String, of object: JSON, _ old: JSON, _ place: FieldPlace) {
        guard object.at(key) != old.at(key) else { return }
        add(FieldError(.invalid, place[key], value: object.at(key) ?? "", "field is immutable"))
    }

    /// A label selector whose operators exist and have what they need.
    mutating func selector(_ selector: JSON?, _ place: FieldPlace) {
        guard let selector else { return }
        labels(selector.members("matchLabels"), place["matchLabels"])
        for (index, expression) in selector.items("matchExpressions").enumerated() {
            let place = place["matchExpressions"][index]
            let hasValues = !expression.items("values").isEmpty
            switch expression.text("operator") {
            case "In", "NotIn":
                if !hasValues { required(place["values"], "must be specified when `operator` is 'In' or 'NotIn'") }
            case "Exists", "DoesNotExist":
                if hasValues {
                    forbidden(place["values"], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
                }
            default: invalid(place["operator"], expression.at("operator"), "not a valid selector operator")
            }
            for problem in NamedFormat.qualifiedName.validate(expression.text("key")) {
                invalid(place["key"], .string(expression.text("key")), problem)
            }
        }
    }

    /// Labels; problems name the whole map, as in Kubernetes.
    mutating func labels(_ labels: JSONObject, _ place: FieldPlace) {
        for (key, value) in labels {
            for problem in NamedFormat.qualifiedName.validate(key) { invalid(place, .string(key), problem) }
            for problem in NamedFormat.labelValue.validate(value.string ?? "") { invalid(place, value, problem) }
        }
    }
}

/// Names of ports.
enum PortName {
    static func problems(_ name: String) -> [String] {
        let bytes = Array(name.utf8)
        let isLetter = { (byte: UInt8) in (0x61...0x7A).contains(byte) }
        var problems: [String] = []
        if bytes.count > 15 { problems.append("must be no more than 15 characters") }
        if !bytes.allSatisfy({ isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D }) || bytes.isEmpty {
            problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !bytes.contains(where: isLetter) { problems.append("must contain at least one letter (a-z)") }
        if name.contains("--") { problems.append("must not contain consecutive hyphens") }
        if bytes.first == 0x2D || bytes.last == 0x2D { problems.append("must not begin or end with a hyphen") }
        return problems
    }
}
