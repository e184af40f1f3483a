// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CommandLineKit
internal import Transfer

/// The `ocm` program: its commands and topics, and how their context is made.
public enum OCMProgram {
    /// Runs the program; returns the exit code.
    public static func run(arguments: [String], environment: Environment) async -> ExitCode {
        // Not for people: a transfer starts the program this way for each of its uploads.
        if arguments == [UploadKeeper.argument] {
            await UploadKeeper.run()
            return .done
        }
        return await program.run(arguments: arguments, environment: environment) { (globals: GlobalOptions) in
            try OCMContext(globals, environment: environment)
        }
    }

    /// The declaration of the whole program.
    static let program = CommandLineProgram<OCMContext>(
        name: "ocm",
        abstract: "Build, sign, verify, plan and carry component versions",
        version: Version.text,
        globals: GlobalOptions.self,
        nodes: [
            .group("add", abstract: "Add component versions to a repository", [.command(AddComponentVersion.self)]),
            .group(
                "get", abstract: "List what a repository or a component version holds",
                [
                    .command(GetComponentVersion.self), .command(GetResources.self), .command(GetReferences.self),
                    .command(GetSources.self),
                ]),
            .group("describe", abstract: "Show one thing in full", [.command(DescribeComponentVersion.self)]),
            .group(
                "download", abstract: "Write content to files",
                [
                    .command(DownloadResource.self), .command(DownloadArtifact.self),
                    .command(DownloadComponentVersion.self),
                ]),
            .group("sign", abstract: "Sign component versions", [.command(SignComponentVersion.self)]),
            .group("verify", abstract: "Verify component versions", [.command(VerifyComponentVersion.self)]),
            .group(
                "transfer", abstract: "Carry component versions from one repository to another",
                withOptionsOf: TransferPrinted.self,
                [
                    .command(TransferComponentVersion.self), .command(TransferArchive.self),
                    .command(TransferPlanning.self), .command(TransferExplain.self), .command(TransferOperations.self),
                    .command(TransferSpecification.self),
                ]),
            .group(
                "inventory", abstract: "Tell a sender what a receiver has",
                [.command(InventoryCreate.self), .command(InventoryShow.self), .command(InventoryVerify.self)]),
            .group(
                "volumes", abstract: "Look at the volumes of an archive that was cut",
                [.command(VolumesList.self), .command(VolumesVerify.self), .command(VolumesJoin.self)]),
            .group(
                "plugins", abstract: "Look at plug-ins, which add kinds of operations to transformation specifications",
                [.command(ListPlugins.self), .command(DescribePlugin.self), .command(CheckPlugins.self)]),
            .group(
                "evidence", abstract: "Check and show logs of what was verified, moved and refused",
                [.command(VerifyEvidence.self), .command(ShowEvidence.self)]),
            .group(
                "delta", abstract: "Make and apply deltas of blobs that have much in common",
                [.command(MakeDelta.self), .command(ApplyDelta.self)]),
            .command(Login.self),
            .group("config", abstract: "Look at the configuration", [.command(ConfigView.self)]),
            .group(
                "cel", abstract: "Evaluate, check and explain expressions of the Common Expression Language",
                alone: CELConverse.self,
                [
                    .command(CELEvaluate.self), .command(CELCheck.self), .command(CELRender.self),
                    .command(CELConverse.self),
                    .command(CELTest.self), .command(CELProfiles.self), .command(CELFunctions.self),
                ]),
            .command(Check.self),
            .command(ShowVersion.self),
        ],
        topics: HelpTopics.all)
}
