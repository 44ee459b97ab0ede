using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.EventEmitters;
using YamlDotNet.Serialization.NamingConventions;

namespace Aspire.Hosting.Docker.Publishing;

/// <summary>How a compose file is written: texts in double quotes, so that none is taken for a number or a switch; nothing that is not set.</summary>
internal static class ComposeYaml
{
    public static string Write(object file) => new SerializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull | DefaultValuesHandling.OmitEmptyCollections)
        .WithTypeConverter(new FileModes())
        .WithEventEmitter(next => new QuotedTexts(next))
        .WithIndentedSequences()
        .WithNewLine("\n")
        .DisableAliases()
        .Build()
        .Serialize(file);

    /// <summary>Quotes texts and leaves keys as they are: in a mapping every second scalar or collection is a value.</summary>
    private sealed class QuotedTexts(IEventEmitter next) : ChainedEventEmitter(next)
    {
        private readonly Stack<Collection> _open = new([new Collection(IsMapping: false)]);

        public override void Emit(ScalarEventInfo eventInfo, IEmitter emitter)
        {
            if (_open.Peek().NextIsValue() && eventInfo.Source.Type == typeof(string))
            {
                eventInfo.Style = ScalarStyle.DoubleQuoted;
            }

            base.Emit(eventInfo, emitter);
        }

        public override void Emit(MappingStartEventInfo eventInfo, IEmitter emitter)
        {
            Open(isMapping: true);
            base.Emit(eventInfo, emitter);
        }

        public override void Emit(MappingEndEventInfo eventInfo, IEmitter emitter)
        {
            _open.Pop();
            base.Emit(eventInfo, emitter);
        }

        public override void Emit(SequenceStartEventInfo eventInfo, IEmitter emitter)
        {
            Open(isMapping: false);
            base.Emit(eventInfo, emitter);
        }

        public override void Emit(SequenceEndEventInfo eventInfo, IEmitter emitter)
        {
            _open.Pop();
            base.Emit(eventInfo, emitter);
        }

        private void Open(bool isMapping)
        {
            _open.Peek().NextIsValue();
            _open.Push(new Collection(isMapping));
        }

        private sealed record Collection(bool IsMapping)
        {
            private int _count;

            public bool NextIsValue() => ++_count % 2 == 0 || !IsMapping;
        }
    }

    /// <summary>Permissions as people write them: 0644.</summary>
    private sealed class FileModes : IYamlTypeConverter
    {
        public bool Accepts(Type type) => type == typeof(UnixFileMode) || type == typeof(UnixFileMode?);

        public object ReadYaml(IParser parser, Type type, ObjectDeserializer rootDeserializer) => throw new NotSupportedException("Compose files are only written.");

        public void WriteYaml(IEmitter emitter, object? value, Type type, ObjectSerializer serializer) =>
            emitter.Emit(new Scalar($"0{Convert.ToString((int)(UnixFileMode)value!, 8)}"));
    }
}
