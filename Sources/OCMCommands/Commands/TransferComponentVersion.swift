// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Repositories

/// `ocm transfer component-version SOURCE TARGET`
struct TransferComponentVersion: Command {
    static let configuration = CommandConfiguration(
        "component-version", aliases: componentVersionAliases,
        abstract: "Carry a component version to another repository",
        discussion: """
            Contents move first and are checked against the digests of the descriptor while they move; descriptors \
            follow, children before parents, and the tag that makes a version visible comes last. Run it again after \
            an interruption: what is there is not moved again.

            For an air gap, --have or --since leaves out of an archive what its receiver has, and --volume-size cuts it \
            for small media. An archive that leaves something out is checked to be complete before its target is \
            touched; volumes are read where they are.
            """,
        examples: [
            "ocm transfer cv --recursive --copy-resources --verify acme-signature=keys/acme-public.pem "
                + "ghcr.io/acme//acme.org/sovereign/product:1.0.0 ./airgap-archive",
            "ocm transfer cv ctf::./archive//acme.org/app registry.enclave/ocm --latest --dry-run -o yaml > plan.yaml",
            "ocm transfer --transfer-spec plan.yaml",
            "ocm transfer cv -r ghcr.io/acme//acme.org/product:1.0.0 registry.one/ocm registry.two/ocm",
            "ocm transfer cv --recursive --have enclave.inventory --verify-inventory keys/enclave-public.pem "
                + "./archive//acme.org/sovereign/product:1.1.0 ./airgap.tgz",
            "ocm transfer cv --recursive --since 1.0.0 --volume-size 25GB "
                + "./archive//acme.org/sovereign/product:1.1.0 ./airgap.tar",
        ])

    @Argument(help: "the component version to carry; without a version, all versions") var source:
        ComponentVersionLocator?
    @Argument(help: "the repositories to carry it to", valueName: "TARGET") var targets: [RepositoryLocator] = []
    @OptionGroup var transfer: TransferOptionGroup
    @Flag(help: "only the newest version") var latest = false
    @Option(name: "semver-constraint", short: "c", help: "only versions that satisfy this") var constraint:
        VersionConstraint?

    @Option(
        help: "run what --dry-run printed, - for standard input; refused when a source has changed since",
        valueName: "FILE", completion: .file)
    var transferSpec: String?

    mutating func validate() throws {
        guard transferSpec == nil else {
            guard source == nil else { throw UsageError("--transfer-spec says what is carried; leave the rest out") }
            return
        }
        guard source != nil else { throw UsageError("the component version is missing") }
        guard !targets.isEmpty else { throw UsageError("the repository to carry it to is missing") }
    }

    func run(in context: OCMContext) async throws {
        if let transferSpec {
            let others = (latest ? ["--latest"] : []) + (constraint == nil ? [] : ["--semver-constraint"])
            return try await transfer.run(specification: transferSpec, others, in: context)
        }
        guard let source else { return }
        let (latest, constraint) = (latest, constraint)
        try await transfer.transfer(
            { repository in
                try await context.identities(source, in: repository, latest: latest, constraint: constraint)
            }, from: context.open(source), to: targets, in: context)
    }
}

/// `ocm transfer ctf SOURCE TARGET`
struct TransferArchive: Command {
    static let configuration = CommandConfiguration(
        "ctf", aliases: ["common-transport-archive", "commontransportarchive", "archive"],
        abstract: "Carry everything an archive holds to another repository",
        examples: [
            "ocm transfer ctf --copy-resources --enforce --overwrite ./airgap-archive localhost:5001",
            "ocm transfer ctf ./airgap.tar.vol001 registry.enclave/ocm --lookup ./last-archive",
        ])

    @Argument(help: "the archive") var source: RepositoryLocator
    @Argument(help: "the repositories to carry it to", valueName: "TARGET") var targets: [RepositoryLocator]
    @OptionGroup var transfer: TransferOptionGroup

    func run(in context: OCMContext) async throws {
        try await transfer.transfer(
            { repository in
                var identities: [ComponentVersionIdentity] = []
                for component in try await repository.components() {
                    for version in try await repository.versions(of: component) {
                        identities.append(ComponentVersionIdentity(name: component, version: version))
                    }
                }
                guard !identities.isEmpty else {
                    throw Fault(.notFound, "\(repository.locator) holds no component version", fix: "check the path")
                }
                return identities
            }, from: context.connections.open(source, .read), to: targets, in: context)
    }
}
