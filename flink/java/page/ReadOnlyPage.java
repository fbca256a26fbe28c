package inventory.page;

import static org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus.FORBIDDEN;
import static org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpServerCodec;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.QueryStringDecoder;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/**
 * Refuses every request to the local job's page that does not only read. No option of Flink does:
 * with web.submit.enable=false, POST /jobs still runs whatever it is given, and any web page in the
 * user's browser can send that request. Nor does the method tell: GET /jobs/…/yarn-cancel ends the
 * job, for YARN's proxy, which sends no other method.
 */
public final class ReadOnlyPage implements InboundChannelHandlerFactory {

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<ChannelHandler> createHandler(
            Configuration configuration, Map<String, String> headers) {
        return Optional.of(new Placement());
    }

    /** Puts the refusal in front of the handler that writes uploaded files to disk. */
    private static final class Placement extends ChannelInboundHandlerAdapter {
        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            String http = context.pipeline().context(HttpServerCodec.class).name();
            context.pipeline().addAfter(http, null, new Refusal());
            context.pipeline().remove(this);
        }
    }

    private static final class Refusal extends ChannelInboundHandlerAdapter {
        private static final String FOR_YARN = "/yarn-";

        private boolean refused;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (!refused && message instanceof HttpRequest && !reads((HttpRequest) message)) {
                refused = true;
                context.writeAndFlush(new DefaultFullHttpResponse(HTTP_1_1, FORBIDDEN))
                        .addListener(ChannelFutureListener.CLOSE);
            }
            if (refused) {
                ReferenceCountUtil.release(message);
            } else {
                context.fireChannelRead(message);
            }
        }

        private static boolean reads(HttpRequest request) {
            String path = new QueryStringDecoder(request.uri()).path();
            return HttpMethod.GET.equals(request.method()) && !path.contains(FOR_YARN);
        }
    }
}
