// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Repositories
internal import Transfer

/// `ocm transfer plan SOURCE TARGET…`
struct TransferPlanning: Command {
    static let configuration = CommandConfiguration(
        "plan", abstract: "Say what a transfer would move, and how long it would take",
        discussion: """
            Reads descriptors, verifies the signatures that are asked for, and asks each target for every blob. Nothing \
            moves. With --rate it says how long the bytes take, with --media how many media of that size they fill. \
            With --have or --since only what the receiver lacks is counted; what travels as a delta counts whole.
            """,
        examples: [
            "ocm transfer plan -r -V ghcr.io/acme//acme.org/product:1.0.0 ./airgap --rate 10MiB/s --media 25GB",
            "ocm transfer plan -r ./airgap//acme.org/product:1.0.0 registry.enclave/ocm -o json",
            "ocm transfer plan -r -V --have enclave.inventory --media 25GB ./archive//acme.org/product:1.1.0 ./airgap",
        ])

    @Argument(help: "the component version to carry; without a version, all versions") var source:
        ComponentVersionLocator
    @Argument(help: "the repositories to carry it to", valueName: "TARGET") var targets: [RepositoryLocator]
    @OptionGroup var transfer: TransferOptionGroup
    @Flag(help: "only the newest version") var latest = false
    @Option(name: "semver-constraint", short: "c", help: "only versions that satisfy this") var constraint:
        VersionConstraint?
    @Option(help: "how much one medium holds, such as 25GB") var media: ByteCount?

    func run(in context: OCMContext) async throws {
        let (source, latest, constraint) = (source, latest, constraint)
        let options = try transfer.options(context)
        let planned = try await transfer.planned(
            { repository in
                try await context.identities(source, in: repository, latest: latest, constraint: constraint)
            }, from: context.open(source), to: targets, options, in: context)
        let plan = try await planned.plan.surveyed(leavingOut: planned.assumed)
        // An archive that is cut fills one medium with each of its volumes.
        let medium = media ?? transfer.difference.volumeSize
        let forecast = Forecast(rate: transfer.limits.rate?.bytesPerSecond, media: medium?.bytes)
        var json = plan.json
        if let forecasts = forecast.json(plan) { json["forecast"] = forecasts }
        context.present(json, as: transfer.output) { [plan.text, plan.surveyText, forecast.text(plan)].joined() }
    }
}

/// How long bytes take, and how many media they fill.
private struct Forecast {
    let rate: Int64?
    let media: Int64?

    private func seconds(_ bytes: Int64) -> Int64? { rate.map { (bytes + $0 - 1) / $0 } }
    private func count(_ bytes: Int64) -> Int64? { media.map { max(1, (bytes + $0 - 1) / $0) } }

    func json(_ plan: TransferPlan) -> JSON? {
        guard rate != nil || media != nil else { return nil }
        return .array(
            plan.targets.map { target in
                let bytes = target.survey?.bytesToMove ?? target.bytes
                var json: JSON = ["target": .string(target.locator.description)]
                if let seconds = seconds(bytes) { json["seconds"] = .number(JSONNumber(seconds)) }
                if let count = count(bytes) { json["media"] = .number(JSONNumber(count)) }
                return json
            })
    }

    func text(_ plan: TransferPlan) -> String {
        plan.targets.map { target in
            let bytes = target.survey?.bytesToMove ?? target.bytes
            var parts: [String] = []
            if let seconds = seconds(bytes), let rate {
                parts.append("\(DurationText(seconds: seconds)) at \(ByteCount(rate))/s")
            }
            if let count = count(bytes), let media {
                parts.append("\(count) \(count == 1 ? "medium" : "media") of \(ByteCount(media))")
            }
            return parts.isEmpty ? "" : "\n\(target.locator): \(parts.joined(separator: ", "))"
        }.joined()
    }
}

/// A duration for people: `45 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`.
struct DurationText: CustomStringConvertible {
    let seconds: Int64

    var description: String {
        let units: [(Int64, String)] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.0 }) else { return "0 s" }
        let (size, name) = units[first]
        let whole = "\(seconds / size) \(name)"
        guard first + 1 < units.count else { return whole }
        let rest = seconds % size / units[first + 1].0
        return rest == 0 ? whole : "\(whole) \(rest) \(units[first + 1].1)"
    }
}

extension TransferPlan {
    /// What was verified, and what each target has already, for people.
    fileprivate var surveyText: String {
        var lines: [String] = []
        for verdict in verdicts {
            lines.append(
                "signature “\(verdict.signature)” of \(verdict.identity): "
                    + (verdict.isVerified ? "verified" : "not verified, as nobody asked for it"))
        }
        for target in targets {
            guard let survey = target.survey else { continue }
            lines.append(
                "\(target.locator): \(survey.blobsThere) of \(survey.blobs) blobs are there, "
                    + "\(ByteCount(survey.bytesToMove)) to move, \(ByteCount(survey.bytesThere)) spared, "
                    + (survey.blobsLeftOut == 0
                        ? "" : "\(survey.blobsLeftOut) blobs of \(ByteCount(survey.bytesLeftOut)) left out, ")
                    + "about \(survey.requests) request\(survey.requests == 1 ? "" : "s"), \(ByteCount(survey.diskNeeded)) of disk"
                    + (survey.unknownContents == 0
                        ? "" : "; \(survey.unknownContents) contents of unknown size are not counted"))
        }
        return lines.isEmpty ? "" : "\n" + lines.joined(separator: "\n")
    }
}
