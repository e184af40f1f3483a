// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Operations
import Orchestration
import Repositories
import TestServers
import Testing

@Suite(
    "A specification that localises a chart, copies an image and carries a local blob",
    .enabled(if: RegistryServer.isInstalled, "\(RegistryServer.missing)"))
struct LocalizationJourneyTests {
    /// The example of the proposal; registries and paths are those of the test.
    private static let specification = """
        type: transformation.ocm.component/v1alpha1
        transformations:
          - type: attributes.transformation/v1alpha1
            id: constants
            attributes:
              targetFilePath: "@/localization-multi-component/archive-after-localization"
          # component 1
          - type: downloader.component.ctf/v1alpha1
            id: downloadcomponent1
            name: github.com/acme.org/helloworld
            version: 1.0.0
            filePath: @/localization-multi-component/archive
          # resource 1
          - type: downloader.resource.oci/v1alpha1
            id: resourcedownload1
            componentDescriptor: ${downloadcomponent1.outputs.descriptor}
            resource:
              name: myimage
          - type: uploader.resource.oci/v1alpha1
            id: resourceupload1
            imageReference: TARGET/fabianburth/images/myimage:after-localize
            data: ${resourcedownload1.outputs.data}
          # resource 2
          - type: downloader.resource.oci/v1alpha1
            id: resourcedownload2
            componentDescriptor: ${downloadcomponent1.descriptor}
            resource:
              name: mychart
          - type: oci.to.tar.transformer/v1alpha1
            id: ocitotar1
            data: ${resourcedownload2.outputs.data}
          - type: yaml.engine.localization/v1
            id: localization1
            data: ${ocitotar1.outputs.data}
            file: "*/values.yaml"
            mappings:
              - path: "image.repository"
                value: "${resourceupload1.resource.access.imageReference.parseRef().
              registry}/${resourceupload1.resource.access.imageReference.parseRef().
              repository}"
          - type: tar.to.oci.transformer/v1alpha1
            id: tartooci1
            manifest: ${ocitotar1.outputs.manifest}
            ref: ${ocitotar1.outputs.ref}
            configLayer: ${ocitotar1.outputs.configLayer}
          - type: uploader.resource.oci/v1alpha1
            id: resourceupload2
            imageReference: TARGET/fabianburth/charts/myimage:after-localize
            componentDescriptor: ${downloadcomponent1.outputs.descriptor}
            data: ${tartooci1.outputs.data}

          - type: uploader.component.ctf/v1alpha1
            filePath: ${constants.spec.attributes.targetFilePath}
            data: ${downloadcomponent1.outputs.data}
          # component 2
          - type: downloader.component.ctf/v1alpha1
            id: downloadcomponent2
            name: github.com/acme.org/helloeurope
            version: 1.0.0
            filePath: @/localization-multi-component/archive
          # resource 3
          - type: downloader.localblob.ctf/v1alpha1 # we are overwriting our dependency here
            id: downloadresource3
            filePath: ${downloadcomponent2.spec.filePath}
            resource:
              name: helloeurope
          - type: uploader.localblob.ctf/v1alpha1
            id: uploadresource3
            filePath: ${constants.spec.attributes.targetFilePath}
            componentDescriptor: ${downloadcomponent2.outputs.descriptor}
            data: ${downloadresource3.outputs.data}

          - type: uploader.component.ctf/v1alpha1
            filePath: ${constants.spec.attributes.targetFilePath}
            componentDescriptor: ${uploadresource3.outputs.descriptor}
        """
    private static let world = "github.com/acme.org/helloworld:1.0.0"
    private static let europe = "github.com/acme.org/helloeurope:1.0.0"
    private static let values =
        "# values\nreplicas: 1\nimage:\n  repository: source/podinfo # where it is\n  tag: 6.7.1\n"

    private struct Setting {
        let bench: SpecificationBench
        let source: RegistryServer
        let target: RegistryServer
        let image: Digest
        let chart: Digest
        var specification: String { LocalizationJourneyTests.specification.replacing("TARGET", with: target.host) }
        var archive: RepositoryLocator {
            get throws { try RepositoryLocator(bench.path("localization-multi-component/archive-after-localization")) }
        }
    }

    /// Two registries, of which the first has an image and a chart, and an archive with two component versions.
    private func setting() async throws -> Setting {
        let bench = try SpecificationBench()
        let (source, target) = (try await RegistryServer(), try await RegistryServer())
        let image = try await SpecificationBench.image([["bin/podinfo": "program"], ["etc/podinfo": "settings"]])
        let packed = try await SpecificationBench.chart(values: Self.values)
        let chart = try await HelmChart(packed: packed, source: "test").artifact()
        let (imageReference, chartReference) = (
            "\(source.host)/fabianburth/source-image/podinfo:6.7.1",
            "\(source.host)/fabianburth/source-charts/podinfo:6.7.1"
        )
        try await bench.push(image, to: imageReference)
        try await bench.push(chart, to: chartReference)
        try FileSystem.makeFolder(bench.path("localization-multi-component"))
        let archive = try RepositoryLocator(bench.path("localization-multi-component/archive"))
        try await bench.write(
            Self.world, to: archive,
            blobs: ["notes": BlobContent(mediaType: "text/plain", bytes: Array("notes\n".utf8))],
            resources: [
                SpecificationBench.artifact(
                    "mychart", at: chartReference, digest: DigestSpecification(artifact: chart.root.digest)),
                SpecificationBench.artifact(
                    "myimage", at: imageReference, digest: DigestSpecification(artifact: image.root.digest)),
            ])
        try await bench.write(
            Self.europe, to: archive,
            blobs: ["helloeurope": BlobContent(mediaType: "text/plain", bytes: Array("hello\n".utf8))])
        return Setting(
            bench: bench, source: source, target: target, image: image.root.digest, chart: chart.root.digest)
    }

    @Test("the chart at the target names the image at the target, and the descriptors name both")
    func journey() async throws {
        let setting = try await setting(), bench = setting.bench
        let outcome = try await bench.run(setting.specification)
        try #require(outcome.isFinished, "\(outcome)")

        let image = "\(setting.target.host)/fabianburth/images/myimage"
        let chart = "\(setting.target.host)/fabianburth/charts/myimage"
        #expect(try await bench.artifact("\(image):after-localize").root.digest == setting.image)
        let localised = try await bench.artifact("\(chart):after-localize")
        #expect(localised.root.digest != setting.chart)
        let files = try await SpecificationBench.files(in: localised)
        #expect(files["podinfo/values.yaml"] == Self.values.replacing("source/podinfo", with: image))
        #expect(files["podinfo/Chart.yaml"]?.contains("name: podinfo") == true && files.count == 3)

        let world = try await bench.read(setting.archive, Self.world).version.descriptor
        let places = Dictionary(
            uniqueKeysWithValues: world.resources.map { ($0.name, $0.access?.json["imageReference"]?.string) })
        #expect(places["mychart"] == "\(chart):after-localize@\(localised.root.digest)")
        #expect(places["myimage"] == "\(image):after-localize@\(setting.image)")
        let digests = Dictionary(uniqueKeysWithValues: world.resources.map { ($0.name, $0.digest?.value) })
        #expect(digests["mychart"] == localised.root.digest.hex && digests["myimage"] == setting.image.hex)
        #expect(try await bench.bytes("notes", in: setting.archive, Self.world) == Array("notes\n".utf8))
        #expect(try await bench.bytes("helloeurope", in: setting.archive, Self.europe) == Array("hello\n".utf8))
    }

    @Test("running it again changes nothing")
    func again() async throws {
        let setting = try await setting()
        let first = try await setting.bench.run(setting.specification)
        try #require(first.isFinished, "\(first)")
        let stored = try await setting.bench.read(setting.archive, Self.world).version.storedDigest
        let second = try await setting.bench.run(setting.specification)
        #expect(second.isFinished, "\(second)")
        #expect(try await setting.bench.read(setting.archive, Self.world).version.storedDigest == stored)
    }

    @Test("without its image the chart is not localised, and the version is not visible; the other one is")
    func lost() async throws {
        let setting = try await setting()
        let specification = setting.specification.replacing("name: myimage", with: "name: absent")
        let outcome = try await setting.bench.run(specification)
        #expect(outcome.failure?.code == .notFound, "\(outcome)")
        #expect(try await !setting.bench.has(setting.archive, Self.world))
        #expect(try await setting.bench.has(setting.archive, Self.europe))
        await #expect(throws: Fault.self) {
            try await setting.bench.artifact("\(setting.target.host)/fabianburth/charts/myimage:after-localize")
        }
    }
}
