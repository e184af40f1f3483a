// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CommandLineKit

/// The `sovereign` program: a site and its parts.
public enum SovereignProgram {
    /// Runs the program; returns the exit code.
    public static func run(arguments: [String], environment: Environment) async -> ExitCode {
        await program.run(arguments: arguments, environment: environment) { (globals: SovereignOptions) in
            SovereignContext(terminal: globals.terminal(environment), environment: environment)
        }
    }

    /// The declaration of the whole program.
    static let program = CommandLineProgram<SovereignContext>(
        name: "sovereign",
        abstract: "Run a site, or one of its parts",
        version: Version.text,
        globals: SovereignOptions.self,
        nodes: [
            .group(
                "registry", abstract: "An OCI registry on a folder",
                [
                    .command(RegistryServe.self), .command(RegistryConfig.self), .command(RegistryExplain.self),
                    .command(RegistryCollectGarbage.self), .command(RegistryScrub.self), .command(RegistryUsage.self),
                    .command(RegistryRecheck.self), .command(RegistryCompact.self), .command(RegistryRebuild.self),
                    .command(RegistryMirrorRun.self),
                ]),
            .group(
                "api", abstract: "The data of a Kubernetes API server",
                [.command(APISnapshot.self), .command(APIRestore.self), .command(APIRotateKeys.self)]),
            .command(SiteUp.self), .command(APIServerRun.self), .command(ControllersRun.self),
            .command(InstallManifests.self), .command(ObjectsGet.self), .command(ObjectsApply.self),
            .command(ObjectsWait.self),
        ])
}

/// What every command gets.
struct SovereignContext: Sendable {
    let terminal: Terminal
    let environment: Environment
}

/// Options that every command takes.
struct SovereignOptions: ParsableOptions {
    @Option(help: "use colour: auto, always or never") var color = ColorChoice.auto

    init() {}

    func terminal(_ environment: Environment) -> Terminal {
        .standard(environment: environment, color: color)
    }
}
