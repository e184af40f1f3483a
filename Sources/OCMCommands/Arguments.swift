// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Repositories

extension RepositoryLocator: ArgumentValue {
    init(argument: String) throws { try self.init(argument) }
    static var defaultValueName: String { "REPOSITORY" }
    var argumentText: String { description }
}

extension ComponentVersionLocator: ArgumentValue {
    init(argument: String) throws { try self.init(argument) }
    static var defaultValueName: String { "REPOSITORY//COMPONENT:VERSION" }
    var argumentText: String { description }
}

extension SignatureScheme: ArgumentValue {}
extension NormalisationAlgorithm: ArgumentValue {
    /// Accepts `jsonNormalisation/v3` and the short form `v3`.
    init(argument: String) throws {
        guard let value = Self(rawValue: argument) ?? Self(rawValue: "jsonNormalisation/\(argument)") else {
            throw Fault(
                .invalid, "“\(argument)” is no normalisation",
                fix: "use one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self = value
    }
}

/// `SHA-256` or `SHA-512`, in any case.
struct HashName: ArgumentValue {
    let algorithm: Digest.Algorithm
    init(argument: String) throws {
        guard let algorithm = Digest.Algorithm(ocmName: argument.uppercased()) ?? Digest.Algorithm(ocmName: argument)
        else {
            throw Fault(.invalid, "“\(argument)” is no hash algorithm", fix: "use SHA-256 or SHA-512")
        }
        self.algorithm = algorithm
    }
    static var allCompletions: [String] { ["SHA-256", "SHA-512"] }
    static var defaultValueName: String { "HASH" }
    var argumentText: String { algorithm.ocmName }
}

/// `[NAME=]FILE`: a key file, and the signature it is for.
struct NamedFile: ArgumentValue {
    let name: String?
    let path: String

    init(argument: String) throws {
        // A path may hold “=”; a signature name never holds “/”.
        guard let equals = argument.firstIndex(of: "="), !argument[..<equals].contains("/"),
            equals != argument.startIndex
        else {
            (name, path) = (nil, argument)
            return
        }
        name = String(argument[..<equals])
        path = String(argument[argument.index(after: equals)...])
    }
    static var allCompletions: [String] { [] }
    static var defaultValueName: String { "[NAME=]FILE" }
    var argumentText: String { name.map { "\($0)=\(path)" } ?? path }
}

/// `key=value[,key=value]`: attributes an element's identity must have.
struct IdentitySelector: ArgumentValue {
    let attributes: [String: String]

    init(argument: String) throws {
        var attributes: [String: String] = [:]
        for part in argument.split(separator: ",") {
            guard let equals = part.firstIndex(of: "="), equals != part.startIndex else {
                throw Fault(.invalid, "“\(part)” is not of the form KEY=VALUE", fix: "write --identity name=image")
            }
            attributes[String(part[..<equals])] = String(part[part.index(after: equals)...])
        }
        self.attributes = attributes
    }
    static var allCompletions: [String] { [] }
    static var defaultValueName: String { "KEY=VALUE,…" }
    var argumentText: String {
        attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

extension VersionConstraint: ArgumentValue {
    init(argument: String) throws {
        guard let constraint = VersionConstraint(argument) else {
            throw Fault(
                .invalid, "“\(argument)” is no version constraint",
                fix: "write it as >=1.2.0, ~1.2, ^1, 1.x or 1.0 - 2.0")
        }
        self = constraint
    }
    static var allCompletions: [String] { [] }
    static var defaultValueName: String { "CONSTRAINT" }
    var argumentText: String { description }
}
