// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CEL

/// What a host of expressions offers them: its libraries and how strict it reads.
///
/// A profile is data; `profile.environment(variables:)` makes what compiles an expression.
public struct Profile: Sendable {
    /// What it is called on command lines: `kro`.
    public let name: String
    /// Whose expressions these are, in a few words.
    public let summary: String
    /// The libraries, the language's own first.
    public let libraries: [Library]
    /// What differs from the language's defaults.
    public let options: CEL.Environment.Options

    /// A profile.
    public init(name: String, summary: String, libraries: [Library], options: CEL.Environment.Options = .init()) {
        (self.name, self.summary, self.libraries, self.options) = (name, summary, libraries, options)
    }

    /// An environment for expressions that read these variables.
    public func environment(variables: [String: CELType] = [:]) -> CEL.Environment {
        CEL.Environment(libraries: libraries, variables: variables, options: options)
    }

    /// All profiles that have a name, in the order in which they are listed to people.
    public static let all: [Profile] = [standard, kro, ocmResource, ocmTransform, flux, kubernetes]

    /// The profile with this name; case and hyphens do not count: `ocm-resource` is `ocmResource`.
    ///
    /// - Throws: a fault that names all profiles when there is none.
    public static func named(_ name: String) throws(Fault) -> Profile {
        let wanted = name.filter { $0 != "-" }.lowercased()
        if let profile = all.first(where: { $0.name.lowercased() == wanted }) { return profile }
        throw Fault(
            .notFound, "there is no profile “\(name.prefix(60))”",
            fix: "use one of \(all.map(\.name).joined(separator: ", "))")
    }
}
