// SPDX-License-Identifier: Apache-2.0

internal import CEL

// Each list is what the host itself registers, in the versions it asks for; a library it leaves out is left out here.
extension Profile {
    /// The language as cel-spec defines it, with every extension library it has tests for.
    public static let standard = Profile(
        name: "standard", summary: "the language and all extension libraries of cel-spec",
        libraries: [
            .standard, .optionals, .bindings, .twoVariableComprehensions, .strings(version: 4), .lists(version: 3),
            .math(version: 2), .sets, .encoders, .regex, .network,
        ])

    /// Expressions of a kro ResourceGraphDefinition.
    public static let kro = Profile(
        name: "kro", summary: "ResourceGraphDefinitions of kro",
        libraries: [
            .standard, .optionals, .bindings, .twoVariableComprehensions, .strings(version: 4), .lists(version: 3),
            .encoders, .kubernetesLists(version: 0), .kubernetesURLs, .kubernetesRegex, .quantity, .kubernetesIP,
            .kubernetesCIDR, .semver(version: 0), .kroRandom, .kroMaps, .kroJSON, .kroHash, .kroLists, .kroOmit,
            .kroRuntime,
        ], options: .go())

    /// `additionalStatusFields` of a Resource of OCM's controller, whose one variable is `resource`.
    public static let ocmResource = ocmResource(of: nil)

    /// `additionalStatusFields` of a Resource whose component version is at a place that is known, which `toOCI()` of a
    /// local blob needs.
    public static func ocmResource(of location: ComponentLocation?) -> Profile {
        Profile(
            name: "ocmResource", summary: "additionalStatusFields of OCM's Resources",
            libraries: [
                .standard, .optionals, .bindings, .strings(version: 4), .lists(version: 3), .math(version: 2), .sets,
                .encoders, .ocmReferences(of: location),
            ],
            // The controller hands on what Go makes of JSON.
            options: .go(numbers: .doubles))
    }

    /// `${…}` in a transformation specification of OCM.
    public static let ocmTransform = Profile(
        name: "ocmTransform", summary: "transformation specifications of OCM", libraries: [.standard, .optionals],
        options: .go())

    /// Health checks and readiness expressions of Flux.
    public static let flux = Profile(
        name: "flux", summary: "health checks and readiness expressions of Flux",
        libraries: [.standard, .optionals, .strings(version: 4), .sets, .encoders], options: .go(isStrict: true))

    /// Validation rules of Kubernetes 1.34 and later, without the authorizer.
    public static let kubernetes = Profile(
        name: "kubernetes", summary: "validation rules of Kubernetes",
        libraries: [
            .standard, .optionals, .twoVariableComprehensions, .strings(version: 2), .lists(version: 3), .sets,
            .kubernetesLists(version: 0), .kubernetesRegex, .kubernetesURLs, .quantity, .kubernetesIP, .kubernetesCIDR,
            .kubernetesFormat, .semver(version: 1),
        ], options: .go(isStrict: true))
}

extension CEL.Environment.Options {
    /// What hosts that are built on cel-go have in common.
    ///
    /// - Parameter isStrict: whether literals are of one type; hosts that ask for that let numbers of different types
    ///   be compared.
    fileprivate static func go(
        isStrict: Bool = false, numbers: NumberReading = .integersAndDoubles
    ) -> CEL.Environment.Options {
        var options = CEL.Environment.Options()
        options.crossTypeNumericComparisons = isStrict
        options.homogeneousLiterals = isStrict
        options.durationMillisecondsAreTotal = true
        options.failsOnBadPresenceTest = false
        options.acceptsAnyMapKey = true
        options.numbers = numbers
        return options
    }
}
