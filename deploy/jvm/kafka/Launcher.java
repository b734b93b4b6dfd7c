import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One Kafka node, its storage formatted at the first start: Launcher PROPERTIES CLUSTER_ID LOG_DIRECTORY. */
public class Launcher {
    public static void main(String[] arguments) throws Exception {
        String properties = arguments[0];
        if (!Files.exists(Path.of(arguments[2], "meta.properties"))) {
            String[] format = {"format", "-t", arguments[1], "-c", properties};
            int code = kafka.tools.StorageTool.execute(format, System.out);
            if (code != 0) {
                System.exit(code);
            }
        }
        kafka.Kafka.main(new String[] {properties});
    }
}
